/// What a URL of DNS asks whom (RFC 4501): `dns://server:53/example.org?type=AAAA`; over TCP with
/// `dns+tcp`. Without a server it is the system's resolver, without a type it is A.
public struct DNSQuestion: Sendable, Equatable {
  public var name: String
  /// As it is written: `AAAA`.
  public var type: String
  public var isOverTCP: Bool

  public static let types = [
    "A", "AAAA", "CAA", "CNAME", "DNSKEY", "DS", "HTTPS", "MX", "NS", "PTR", "SOA", "SRV", "SVCB",
    "TLSA", "TXT",
  ]

  /// The response codes by their names (RFC 1035, 2136).
  public static let responseCodes = [
    "NOERROR": 0, "FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3, "NOTIMP": 4, "REFUSED": 5,
  ]

  public init?(url: String) {
    isOverTCP = ProbeURL.scheme(of: url) == "dns+tcp"
    guard let slashes = url.firstIndex(of: "/"),
      let path = url[slashes...].dropFirst(2).firstIndex(of: "/")
    else { return nil }
    let question = url[path...].dropFirst().split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    name = question.first.map(String.init) ?? ""
    let types = DNSQuestion.settings(in: url).filter(DNSQuestion.isType)
    type = types.last.map { $0.dropFirst(5).uppercased() } ?? "A"
  }

  private static func settings(in url: String) -> [Substring] {
    let settings = url.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    return settings.split { ";&".contains($0) }
  }

  private static func isType(_ setting: Substring) -> Bool {
    setting.lowercased().hasPrefix("type=")
  }

  static func problem(with url: String) -> String? {
    guard let question = DNSQuestion(url: url), !question.name.isEmpty else {
      return "'\(url)' asks for no name; write it behind the server, like dns://9.9.9.9/example.org"
    }
    if let setting = settings(in: url).first(where: { !isType($0) }) {
      return "'\(setting)' is no setting of a DNS question; there is type=AAAA"
    }
    if !types.contains(question.type) {
      return "'\(question.type)' is no type of record; there are \(types.joined(separator: ", "))"
    }
    return nil
  }
}
