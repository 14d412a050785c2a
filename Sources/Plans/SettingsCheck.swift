import Outages

/// What goes together: settings with a scheme, and with each other.
extension SettingsReader {
  /// What a scheme is, as far as settings go.
  enum Kind: CaseIterable {
    case http, tcp, tls, icmp, dns, other

    init(scheme: String) {
      switch scheme {
      case "http", "https": self = .http
      case "tcp": self = .tcp
      case "tls": self = .tls
      case "icmp": self = .icmp
      case "dns", "dns+tcp": self = .dns
      default: self = .other
      }
    }
  }

  /// Each setting, and whom it can be said of.
  static let settings: [(key: String, kinds: Set<Kind>)] = [
    ("method", [.http]), ("headers", [.http]), ("body", [.http, .other]),
    ("auth", [.http, .other]), ("redirects", [.http]), ("proxy", [.http, .tcp, .tls, .other]),
    ("http", [.http]), ("tls", [.http, .tls, .other]), ("reuse", [.http]),
    ("family", Set(Kind.allCases)), ("source", Set(Kind.allCases)),
    ("expect", Set(Kind.allCases)),
  ]

  static let expectations: [(key: String, kinds: Set<Kind>)] = [
    ("status", [.http]), ("body", [.http, .dns, .other]), ("json", [.http]), ("headers", [.http]),
    ("certificate", [.http, .tls, .other]), ("rcode", [.dns]), ("answer", [.dns]),
    ("error", Set(Kind.allCases)),
  ]

  /// Complains of what cannot be said of a scheme.
  static func check(_ fields: [String: Place], for scheme: String) {
    let kind = Kind(scheme: scheme)
    for (key, kinds) in settings where !kinds.contains(kind) {
      fields[key]?.complain("\(scheme) has no '\(key)'; remove this, or use another scheme")
    }
    for (key, kinds) in expectations
    where !kinds.contains(kind) || key == "certificate" && scheme == "http" {
      fields["expect"]?.field(key)?.complain(
        "\(scheme) has no \(key) to expect; remove this, or use "
          + (kinds.contains(.http) && kind != .http ? "http or https" : "another scheme"))
    }
  }

  /// The settings that may contradict a target's own URL.
  static let contradictable: Set<String> = ["proxy", "family", "source"]

  /// Complains of those that do. `place` is where its URL stands.
  static func check(_ fields: [String: Place], _ probe: Probe, at place: Place) {
    let (settings, host) = (probe.settings, ProbeURL.host(of: probe.url))
    if let proxy = settings.proxy {
      let scheme = ProbeURL.scheme(of: proxy)
      if let better = ["socks4": "socks4a", "socks5": "socks5h"][scheme],
        ProbeURL.hasName(probe.url)
      {
        (fields["proxy"] ?? place).complain(
          "with \(scheme) the name '\(host)' would be resolved here; write \(better), and the proxy "
            + "resolves it")
      }
      return
    }
    guard ProbeURL.isAddress(host) else { return }
    let isSix = host.contains(":")
    if let family = fields["family"], let wanted = settings.family, (wanted == .ipv6) != isSix {
      family.complain("'\(host)' is no address of \(wanted.rawValue); leave 'family' out")
    }
    if let place = fields["source"], let source = settings.source, ProbeURL.isAddress(source),
      source.contains(":") != isSix
    {
      place.complain("from '\(source)' there is no way to '\(host)', an address of another family")
    }
  }
}
