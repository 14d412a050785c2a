/// A text to be read, and where it came from.
public struct Source: Sendable {
  public var path: String
  public var text: String

  public init(path: String, text: String) { (self.path, self.text) = (path, text) }
}

/// What a file may refer to beside itself.
public struct Surroundings: Sendable {
  /// The environment's variables, which a file names as `${NAME}`.
  public var variable: @Sendable (String) -> String?
  /// The text of another file that has no more bytes than `most`, or why there is none.
  public var text: @Sendable (_ path: String, _ most: Int) -> Result<String, Unreadable>
  /// What is wrong with the certificates and keys of files, if anything.
  public var problem: @Sendable (ProbeSettings.TLS) -> String?

  public struct Unreadable: Error {
    public var reason: String

    public init(reason: String) { self.reason = reason }
  }

  public init(
    variable: @escaping @Sendable (String) -> String? = { _ in nil },
    text: @escaping @Sendable (String, Int) -> Result<String, Unreadable> = { _, _ in
      .failure(Unreadable(reason: "no files are read here"))
    },
    problem: @escaping @Sendable (ProbeSettings.TLS) -> String? = { _ in nil }
  ) {
    (self.variable, self.text, self.problem) = (variable, text, problem)
  }
}
