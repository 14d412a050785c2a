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
  /// The system's clock leapt.
  case clockStepped = "clock-stepped"
  /// The prober could not keep up, and left out turns.
  case overload
}

/// What became of a probe. A failed probe is a value, not an error.
public enum Outcome: Sendable, Equatable {
  /// It was answered as expected, after so many milliseconds when that is known.
  case answered(milliseconds: Double?)
  case failed(Failure)
  /// It could not be made: that says something of us, and nothing of the target.
  case prevented(Trouble)

  public var isAnswered: Bool {
    if case .answered = self { true } else { false }
  }

  /// The word of the log for what is no answer.
  public var failure: Failure? {
    switch self {
    case .answered: nil
    case .failed(let failure): failure
    case .prevented(let trouble): trouble.failure
    }
  }
}

/// What kept a prober from probing: evidence about the vantage.
public enum Trouble: String, Sendable, CaseIterable, Codable {
  /// Our own tables have no way to the target's address.
  case noRoute = "no-route"
  /// Our resolver answers nobody.
  case resolver
  /// We have no descriptor left.
  case descriptors
  /// We have no port left to send from.
  case ports
  case memory

  /// What reports say of it.
  public var text: String {
    switch self {
    case .noRoute: "no route from here"
    case .resolver: "a dead resolver of ours"
    case .descriptors: "no descriptors left here"
    case .ports: "no ports left here"
    case .memory: "no memory left here"
    }
  }

  /// The nearest word of the taxonomy, for readers that know no troubles.
  public var failure: Failure {
    switch self {
    case .noRoute: .unreachable
    case .resolver: .resolve
    case .descriptors, .ports, .memory: .other
    }
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
