/// The parameters of every verdict. They are stored with the log and printed on every report.
public struct Detection: Sendable, Equatable, Codable {
  /// The version of the rules. What changes a verdict raises it.
  public static let version: Int64 = 11

  /// An interruption that certainly lasted this long is an outage; a shorter one is a blip. Dyn
  /// Research gave no number; five minutes is ours.
  public var sustained = Duration.minutes(5)
  /// A hole between two probes longer than this many intervals is unobserved time.
  public var gap = 2.5
  /// Above this belief a target is up (Trinocular: 0.9).
  public var up = 0.9
  /// Below this belief it is down (Trinocular: 0.1).
  public var down = 0.1
  /// The share of a group's members that must be down for the group to be.
  public var quorum = 0.9
  /// A level of loss or latency that lasts this long becomes the usual.
  public var settling = Duration.days(1)

  public init() {}

  /// One parameter that a plan or `--set` can change.
  public struct Parameter: Sendable {
    public let name: String
    /// What a good value looks like, for error messages.
    public let expected: String
    /// The value in force, as `set` reads it.
    public let text: @Sendable (Detection) -> String
    /// Changes the parameter; false when the text is no good value.
    public let set: @Sendable (inout Detection, String) -> Bool
  }

  /// The parameter that `detection.sustained=10m` names, with the value; nil when it is not so
  /// written, or when there is no such parameter.
  public static func setting(_ text: String) -> (parameter: Parameter, value: String)? {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2,
      let parameter = parameters.first(where: { "detection.\($0.name)" == parts[0] })
    else { return nil }
    return (parameter, parts[1])
  }

  /// All of them, in the order of reports.
  public static let parameters: [Parameter] = [
    duration("sustained", \.sustained, "a duration from 1s to ten years, like 5m"),
    number("gap", \.gap, 1.5...100, "a number of intervals from 1.5 to 100, like 2.5"),
    number("up", \.up, 0.5...0.98, "a belief from 0.5 to 0.98, like 0.9"),
    number("down", \.down, 0.02...0.5, "a belief from 0.02 to 0.5, like 0.1"),
    number("quorum", \.quorum, 0.1...1, "a share of a group from 0.1 to 1, like 0.9"),
    duration("settling", \.settling, "a duration from 1s to ten years, like 1d"),
  ]

  private static func duration(
    _ name: String, _ path: any WritableKeyPath<Detection, Duration> & Sendable,
    _ expected: String
  ) -> Parameter {
    Parameter(
      name: name, expected: expected, text: { $0[keyPath: path].description },
      set: { detection, text in
        guard let value = Duration(text), value >= .seconds(1) else { return false }
        detection[keyPath: path] = value
        return true
      })
  }

  private static func number(
    _ name: String, _ path: any WritableKeyPath<Detection, Double> & Sendable,
    _ range: ClosedRange<Double>, _ expected: String
  ) -> Parameter {
    Parameter(
      name: name, expected: expected, text: { "\($0[keyPath: path])" },
      set: { detection, text in
        guard let value = Double(text), range.contains(value) else { return false }
        detection[keyPath: path] = value
        return true
      })
  }
}
