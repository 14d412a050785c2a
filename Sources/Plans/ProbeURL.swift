import Glibc

/// What can be told of a URL before anybody is asked.
public enum ProbeURL {
  public static func scheme(of url: String) -> String {
    switch url.prefix(8).lowercased() {
    case let start where start.hasPrefix("http://"): "http"
    case "https://": "https"
    case let start where start.hasPrefix("tcp://"): "tcp"
    default: url.prefix { $0 != ":" }.lowercased()
    }
  }

  /// The host of a URL, without the brackets of an address; empty when it names none.
  public static func host(of url: String) -> Substring {
    guard let slashes = url.firstIndex(of: ":") else { return "" }
    let authority = url[slashes...].dropFirst(3).prefix { !"/?#".contains($0) }
    let address = authority.lastIndex(of: "@").map { authority[$0...].dropFirst() } ?? authority
    return address.hasPrefix("[")
      ? address.dropFirst().prefix { $0 != "]" } : address.prefix { $0 != ":" }
  }

  /// A URL, or what is none, without what stands before an '@': it may hold a password.
  public static func withoutSecret(_ url: String) -> String {
    guard let at = url.lastIndex(of: "@") else { return url }
    let slashes = url[..<at].firstRange(of: "://")
    return url[..<(slashes?.upperBound ?? url.startIndex)] + "…" + url[at...]
  }

  /// Whether a text is an address as `inet_pton` reads it.
  static func isAddress(_ text: some StringProtocol) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 16)
    let text = text.drop { $0 == "[" }
    return inet_pton(text.contains(":") ? AF_INET6 : AF_INET, String(text), &bytes) == 1
  }

  /// The port of a URL, where it names one.
  public static func port(of url: String) -> Int? {
    guard let colon = url.firstIndex(of: ":") else { return nil }
    let authority = url[colon...].dropFirst(3).prefix { !"/?#".contains($0) }
    let address = authority.lastIndex(of: "]").map { authority[$0...] } ?? authority
    return address.lastIndex(of: ":").flatMap { Int(address[$0...].dropFirst()) }
  }

  /// Whether a URL's host is a name, and not an address.
  public static func hasName(_ url: String) -> Bool {
    let host = host(of: url)
    return !host.isEmpty && !host.contains(":") && !host.allSatisfy { $0.isNumber || $0 == "." }
  }

  /// Whether names of hosts may have it; libcurl unpacks what is written with a '%'.
  private static func isOfName(_ character: Character) -> Bool {
    !character.isASCII || character.isLetter || character.isNumber || "-_.~%".contains(character)
  }

  /// What is wrong with it and what to do, or nil.
  static func problem(with url: String, schemes: Set<String>) -> String? {
    if url.contains("{") { return "'\(url)' has a '{'; write it as %7B if it is meant" }
    guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else {
      let port = url.split(separator: ":").count == 2 ? "" : ":443"
      return "'\(url)' has no scheme; write it out, like https://\(url) or tcp://\(url)\(port)"
    }
    let scheme = url[..<colon].lowercased()
    if !schemes.contains(scheme) {
      let nearest = scheme.nearest(of: schemes).map { "did you mean '\($0)'?" }
      return "this machine's libcurl does not speak '\(scheme)'; "
        + (nearest ?? "it speaks \(schemes.sorted().joined(separator: ", "))")
    }
    if url.contains(where: { $0.isWhitespace || $0.isNewline }) {
      return "'\(url)' has white space in it; write it as %20"
    }
    let authority = url[colon...].dropFirst(3).prefix { !"/?#".contains($0) }
    let address = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    let isLiteral = address.hasPrefix("[")
    let host = isLiteral ? address.prefix { $0 != "]" } : address.prefix { $0 != ":" }
    let rest = address.dropFirst(host.count).drop { $0 == "]" }
    if isLiteral, !address.contains("]") { return "'\(url)' lacks the ']' after the address" }
    if scheme.hasPrefix("dns") {
      if let problem = DNSQuestion.problem(with: url) { return problem }
      // Without a server, the system's resolver is asked.
      if address.isEmpty { return nil }
    }
    if scheme == "mqtt", !url[colon...].dropFirst(3).contains("/") || url.hasSuffix("/") {
      return "mqtt needs a topic, like mqtt://\(address)/topic"
    }
    if host.isEmpty || (isLiteral && host.count < 3) { return "'\(url)' names no host" }
    // Behind a '%' stands the interface of an address that is no other's.
    if !hasName(url), !isAddress(host.prefix { $0 != "%" }) {
      return "'\(host.drop { $0 == "[" })' is no address; write all of it, like 192.0.2.1 or "
        + "[2001:db8::1]"
    }
    if !isLiteral, let wrong = host.first(where: { !isOfName($0) }) {
      return "'\(host)' is no name of a host; it has a '\(wrong)'"
    }
    if scheme == "icmp", !rest.isEmpty { return "icmp has no ports; write icmp://\(host)" }
    let path = url[colon...].dropFirst(3).dropFirst(authority.count)
    if ["tcp", "tls", "icmp"].contains(scheme), !path.isEmpty, path != "/" {
      return "\(scheme) asks for nothing; remove '\(path)'"
    }
    if !rest.isEmpty {
      guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()), (1...65_535).contains(port)
      else {
        return "'\(rest)' is no port; write a number from 1 to 65535, like :443"
      }
    } else if scheme == "tcp" || scheme == "tls" {
      return "\(scheme) needs a port, like \(scheme)://\(address):443"
    }
    return nil
  }
}
