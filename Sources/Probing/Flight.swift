import Outages

/// A probe without an outcome.
struct Flight {
  var target: Int
  var sent: Instant
  var after: Lapse?
  var late: Duration
  /// In microseconds of CLOCK_MONOTONIC.
  var begun: Int64
  /// The host it was counted for.
  var host: Int
  /// Whether its name is still being resolved.
  var isResolving = false
  /// How long that took, and the address that is asked.
  var resolve: Double?
  var address: SocketAddress?
  /// The name that a redirect led to, and that libcurl did not find.
  var inquiry: Resolver.Name?
}

/// When a probe that libcurl does not keep the time of has waited long enough.
struct Deadline: Comparable, Sendable {
  var at: Int64
  var ticket: Int

  static func < (a: Deadline, b: Deadline) -> Bool { a.at < b.at }
}
