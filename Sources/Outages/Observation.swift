/// One probe's outcome, stamped when it was sent.
public struct Observation: Sendable, Equatable {
  /// When the probe was sent; an outcome is believed as of this instant, however late it came.
  public var time: Instant
  /// Index of the target in `Session.targets`.
  public var target: Int
  public var outcome: Outcome
  /// What kept the prober from probing before this, where it knows.
  public var after: Lapse?

  public init(time: Instant, target: Int, outcome: Outcome, after: Lapse? = nil) {
    (self.time, self.target, self.outcome, self.after) = (time, target, outcome, after)
  }
}

/// Why a prober sent nothing for a while: what the first observation after it says.
public enum Lapse: String, Sendable, CaseIterable, Codable {
  /// The host slept.
  case suspended
  /// The system's clock leapt forward.
  case clockStepped = "clock-stepped"
  /// The prober could not keep up, and left out turns.
  case overload
}

/// What became of a probe. A failed probe is a value, not an error.
public enum Outcome: Sendable, Equatable {
  /// It was answered as expected, after so many milliseconds when that is known.
  case answered(milliseconds: Double?)
  case failed(Failure)

  public var isAnswered: Bool {
    if case .answered = self { true } else { false }
  }
}

/// How a probe failed: the taxonomy of the probe log.
public enum Failure: String, Sendable, CaseIterable, Codable {
  /// The name did not resolve.
  case resolve
  /// The host is there and nobody listens.
  case refused
  /// A router or our own host says there is no way.
  case unreachable
  /// The connection was cut by the other side.
  case reset
  /// Nothing came within the timeout.
  case timeout
  /// The TLS handshake or the certificate failed.
  case tls
  /// An answer came, with another status than the expected.
  case status
  case other
}
