import Outages
import Plans

/// One target, as it is asked.
struct Station {
  enum Manner { case transfer, question, echo }

  var probe: Probe
  var manner: Manner
  /// The host, as the gate counts them.
  var host: Int
  /// Where it leads to, when that has to be asked first.
  var endpoint: Endpoint?

  init(_ probe: Probe, host: Int) {
    (self.probe, self.host) = (probe, host)
    let scheme = probe.scheme
    manner =
      switch scheme {
      case "icmp": .echo
      case "dns", "dns+tcp": .question
      default: .transfer
      }
    let isAsked = ProbeURL.hasName(probe.url) && probe.settings.proxy == nil
    endpoint = isAsked ? Endpoint(of: probe.url, scheme: scheme) : nil
  }
}

/// A probe without an outcome.
struct Flight {
  var target: Int
  var sent: Instant
  var after: Lapse?
  var late: Duration
  /// In microseconds of CLOCK_MONOTONIC.
  var begun: Int64
  /// What is resolved first, while it is.
  var name: Resolver.Name?
  /// How long that took, and the address that is asked.
  var resolve: Double?
  var address: SocketAddress?
}

/// When a probe that libcurl does not keep the time of has waited long enough.
struct Deadline: Comparable, Sendable {
  var at: Int64
  var ticket: Int

  static func < (a: Deadline, b: Deadline) -> Bool { a.at < b.at }
}
