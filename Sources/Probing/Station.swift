import Glibc
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
  /// The family of the addresses that can be asked: the one that is wanted, or the source's own.
  let family: ProbeSettings.Family?
  /// What must not be shown, though whoever answers may say it.
  let secrets: Secrets

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
    let source = settings.source.flatMap { SocketAddress($0) }
    family = settings.family ?? source.map { $0.family == AF_INET ? .ipv4 : .ipv6 }
    secrets = Secrets(settings)
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
  /// The host, as the gate counts them: a name until it has been resolved, then the address.
  var host: Int
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
    let literal = ProbeURL.host(of: probe.url)
    if ProbeURL.hasName(asked), let endpoint = Endpoint(of: asked) {
      way = .name(endpoint)
    } else if manner.means != .transfer, !literal.contains("%"),
      let address = SocketAddress(literal)
    {
      way = .address(address)
    } else {
      way = .url
    }
  }

  var name: Resolver.Name? {
    guard case .name(let endpoint) = way else { return nil }
    return Resolver.Name(host: endpoint.host, family: manner.family)
  }

  /// The URL whose host we connect to: a proxy finds the probe's own.
  private static func asked(_ probe: Probe) -> String { probe.settings.proxy ?? probe.url }

  /// Stations by the indices of their targets, and their hosts. Those that are asked alike share their
  /// manner.
  static func all(_ probes: [Int: Probe]) -> (stations: [Station?], hosts: [String: Int]) {
    var hosts: [String: Int] = [:]
    var manners: [ObjectIdentifier: [String: Manner]] = [:]
    var stations = [Station?](repeating: nil, count: (probes.keys.max() ?? -1) + 1)
    for (target, probe) in probes {
      let written = ProbeURL.host(of: asked(probe))
      let name = SocketAddress(written)?.text ?? written.lowercased()
      let host = hosts[name] ?? hosts.count
      hosts[name] = host
      let (identity, scheme) = (probe.settingsIdentity, probe.scheme)
      let manner = manners[identity]?[scheme] ?? Manner(probe.settings, scheme: scheme)
      manners[identity, default: [:]][scheme] = manner
      stations[target] = Station(probe, manner, host: host)
    }
    return (stations, hosts)
  }
}
