import Testing

@testable import Plans

private let schemes: Set<String> = [
  "http", "https", "tcp", "tls", "icmp", "dns", "dns+tcp", "ftp", "mqtt",
]

/// A plan of files that stand beside each other, in an environment.
func plan(
  _ text: String, files: [String: String] = [:], environment: [String: String] = [:],
  others: [String] = []
) throws(Problems) -> Plan {
  let surroundings = Surroundings(
    variable: { environment[$0] },
    text: { path, _ in
      files[path].map { .success($0) }
        ?? .failure(Surroundings.Unreadable(reason: "cannot read \(path): not there"))
    })
  let sources =
    [Source(path: "plan.yaml", text: text)]
    + others.enumerated().map { Source(path: "other\($0.offset + 1).yaml", text: $0.element) }
  return try Plan(sources, schemes: schemes, in: surroundings)
}

/// What is wrong with a plan; whatever is expected must be among it.
func check(
  _ text: String, files: [String: String] = [:], others: [String] = [], says problem: String,
  location: SourceLocation = #_sourceLocation
) -> Problems? {
  do {
    _ = try plan(text, files: files, others: others)
    Issue.record("this is no problem", sourceLocation: location)
    return nil
  } catch {
    #expect(error.description.contains(problem), "\(error)", sourceLocation: location)
    return error
  }
}
