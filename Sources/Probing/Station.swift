import Outages
import Plans

/// How some targets are asked, alike: worked out once, not for each probe.
final class Manner {
  enum Means { case transfer, question, echo }

  let means: Means
  let scheme: String
  let settings: ProbeSettings
  let isHTTP: Bool
  let isTLS: Bool
  /// Whether an answer is looked at beyond its being there.
  let looksAtAnswers: Bool
  /// Whether a failure is what is expected.
  let wantsFailure: Bool

  init(_ settings: ProbeSettings, scheme: String) {
    (self.settings, self.scheme) = (settings, scheme)
    means =
      switch scheme {
      case "icmp": .echo
      case "dns", "dns+tcp": .question
      default: .transfer
      }
    isHTTP = ["http", "https"].contains(scheme)
    isTLS = ["https", "tls"].contains(scheme)
    let expectation = settings.expectation
    looksAtAnswers = isHTTP || expectation.needsBody || expectation.certificate != nil
    wantsFailure = !expectation.failures.isEmpty
  }
}

/// One target, as it is asked.
struct Station {
  /// Where a probe connects to: a name that has to be asked for first, an address, or where libcurl
  /// knows.
  enum Way {
    case name(Endpoint)
    case address(SocketAddress)
    case url
  }

  let manner: Manner
  /// As libcurl is to read it.
  let url: String
  let timeout: Duration
  /// The host, as the gate counts them.
  let host: Int
  let way: Way

  init(_ probe: Probe, _ manner: Manner, host: Int) {
    (self.manner, self.host, timeout) = (manner, host, probe.timeout)
    // libcurl knows bare connections as HTTP that stops before asking.
    url =
      switch manner.scheme {
      case "tcp": "http" + probe.url.dropFirst(3)
      case "tls": "https" + probe.url.dropFirst(3)
      default: probe.url
      }
    let asked = Station.asked(probe)
    if ProbeURL.hasName(asked), let endpoint = Endpoint(of: asked) {
      way = .name(endpoint)
    } else if manner.means != .transfer, let address = SocketAddress(ProbeURL.host(of: probe.url)) {
      way = .address(address)
    } else {
      way = .url
    }
  }

  var name: Resolver.Name? {
    guard case .name(let endpoint) = way else { return nil }
    return Resolver.Name(host: endpoint.host, family: manner.settings.family)
  }

  /// The URL whose host we connect to: a proxy finds the probe's own.
  private static func asked(_ probe: Probe) -> String { probe.settings.proxy ?? probe.url }

  /// Stations by the indices of their targets, and how many hosts they have together. Those that are
  /// asked alike share their manner.
  static func all(_ probes: [Int: Probe]) -> (stations: [Station?], hosts: Int) {
    var hosts: [Substring: Int] = [:]
    var manners: [ObjectIdentifier: [String: Manner]] = [:]
    var stations = [Station?](repeating: nil, count: (probes.keys.max() ?? -1) + 1)
    for (target, probe) in probes {
      let name = ProbeURL.host(of: asked(probe))
      let host = hosts[name] ?? hosts.count
      hosts[name] = host
      let (identity, scheme) = (probe.settingsIdentity, probe.scheme)
      let manner = manners[identity]?[scheme] ?? Manner(probe.settings, scheme: scheme)
      manners[identity, default: [:]][scheme] = manner
      stations[target] = Station(probe, manner, host: host)
    }
    return (stations, hosts.count)
  }
}
