public import Outages

/// What to watch: a session, and how each of its targets is asked.
public struct Plan: Sendable, Equatable {
  public var session: Session
  /// One for each of the session's targets, in their order.
  public var probes: [Probe]

  public init(session: Session, probes: [Probe]) {
    (self.session, self.probes) = (session, probes)
  }
}

/// How to ask a target whether it is there.
public struct Probe: Sendable, Equatable {
  /// `http https tcp tls`, or whatever else this machine's libcurl speaks.
  public var url: String
  /// After this long without an outcome the outcome is a timeout.
  public var timeout: Duration
  /// The statuses of HTTP that count as an answer.
  public var statuses: [ClosedRange<Int>]

  public init(
    url: String, timeout: Duration = .seconds(5), statuses: [ClosedRange<Int>] = [200...399]
  ) {
    (self.url, self.timeout, self.statuses) = (url, timeout, statuses)
  }

  public var scheme: String { url.prefix { $0 != ":" }.lowercased() }
}
