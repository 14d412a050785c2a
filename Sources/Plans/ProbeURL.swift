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

  /// A URL taken apart, as far as it says whom to ask. By bytes: plans have a hundred thousand.
  private struct Parts {
    let scheme: Substring
    /// The host and the port, as they stand there.
    let address: Substring
    /// Without brackets, which are those of an address of IPv6.
    let host: Substring
    let isLiteral: Bool
    /// What follows the host: a colon and a port, or nothing.
    let port: Substring
    /// What follows the address.
    let path: Substring

    /// Nil when there is no scheme.
    init?(_ url: String) {
      let bytes = url.utf8
      guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
        bytes[colon...].starts(with: "://".utf8)
      else { return nil }
      let start = bytes.index(colon, offsetBy: 3)
      let end = bytes[start...].firstIndex { "/?#".utf8.contains($0) } ?? bytes.endIndex
      let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")).map(bytes.index(after:))
      let first = at ?? start
      (scheme, address, path) = (url[..<colon], url[first..<end], url[end...])
      isLiteral = bytes[first..<end].first == UInt8(ascii: "[")
      if isLiteral {
        let close = bytes[first..<end].firstIndex(of: UInt8(ascii: "]")) ?? end
        host = url[bytes.index(after: first)..<close]
        port = close == end ? "" : url[bytes.index(after: close)..<end]
      } else {
        let colon = bytes[first..<end].firstIndex(of: UInt8(ascii: ":")) ?? end
        (host, port) = (url[first..<colon], url[colon..<end])
      }
    }

    /// Whether the host is a name, and not an address.
    var hasName: Bool {
      !host.isEmpty && !isLiteral
        && !host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || $0.isDigit }
    }
  }

  /// The host of a URL, without the brackets of an address; empty when it names none.
  public static func host(of url: String) -> Substring { Parts(url)?.host ?? "" }

  /// The port of a URL, where it names one that there can be.
  public static func port(of url: String) -> Int? { Parts(url).flatMap { number(ofPort: $0.port) } }

  private static func number(ofPort port: Substring) -> Int? {
    let digits = port.dropFirst()
    guard port.hasPrefix(":"), !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit) else {
      return nil
    }
    return Int(digits).flatMap { 1...65_535 ~= $0 ? $0 : nil }
  }

  /// Whether a URL's host is a name, and not an address.
  public static func hasName(_ url: String) -> Bool { Parts(url)?.hasName ?? false }

  /// What stands before an '@': a user, and a password behind a colon.
  public static func user(of url: String) -> Substring? {
    guard let parts = Parts(url) else { return nil }
    let user = url[..<parts.address.startIndex].dropFirst(parts.scheme.count + 3).dropLast()
    return user.isEmpty ? nil : user
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

  /// Whether names of hosts may have it; libcurl unpacks what is written with a '%'.
  private static func isOfName(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte >= 0x80 || "-_.~%".utf8.contains(byte)
  }

  /// What is wrong with it and what to do, or nil.
  static func problem(with url: String, schemes: Set<String>) -> String? {
    if url.utf8.contains(UInt8(ascii: "{")) {
      return "'\(url)' has a '{'; write it as %7B if it is meant"
    }
    guard let parts = Parts(url) else {
      let scheme = url.prefix { $0 != ":" }
      if schemes.contains(scheme.lowercased()) {
        let rest = url.dropFirst(scheme.count + 1).drop { $0 == "/" }
        return "'\(url)' lacks a slash; write \(scheme)://\(rest)"
      }
      let port = url.split(separator: ":").count == 2 ? "" : ":443"
      return "'\(url)' has no scheme; write it out, like https://\(url) or tcp://\(url)\(port)"
    }
    let scheme = parts.scheme.lowercased()
    if !schemes.contains(scheme) {
      let nearest = scheme.nearest(of: schemes).map { "did you mean '\($0)'?" }
      return "this machine's libcurl does not speak '\(scheme)'; "
        + (nearest ?? "it speaks \(schemes.sorted().joined(separator: ", "))")
    }
    if url.utf8.contains(where: { $0 <= UInt8(ascii: " ") || $0 >= 0x80 }),
      url.contains(where: \.isWhitespace)
    {
      return "'\(url)' has white space in it; write it as %20"
    }
    if parts.isLiteral, !parts.address.utf8.contains(UInt8(ascii: "]")) {
      return "'\(url)' lacks the ']' after the address"
    }
    if scheme.hasPrefix("dns") {
      if let problem = DNSQuestion.problem(with: url) { return problem }
      // Without a server, the system's resolver is asked.
      if parts.address.isEmpty { return nil }
      if parts.isLiteral, parts.host.contains("%") {
        return "a name server is asked without its interface; remove what follows the '%'"
      }
    }
    if scheme == "mqtt", parts.path.isEmpty || url.hasSuffix("/") {
      return "mqtt needs a topic, like mqtt://\(parts.address)/topic"
    }
    return problem(withHostOf: parts, url) ?? problem(withPortOf: parts, scheme)
  }

  private static func problem(withHostOf parts: Parts, _ url: String) -> String? {
    let host = parts.host
    if !parts.isLiteral, parts.address.utf8.count(where: { $0 == UInt8(ascii: ":") }) > 1 {
      return "an address of IPv6 stands in brackets, like \(parts.scheme)://[\(parts.address)]"
    }
    if host.isEmpty { return "'\(url)' names no host" }
    if parts.hasName {
      return host.utf8.allSatisfy(isOfName)
        ? nil : "'\(host)' is no name of a host; it has letters, digits, '-' and '.'"
    }
    // Behind a '%' stands the interface of an address that is no other's.
    let address = host.utf8.firstIndex(of: UInt8(ascii: "%")).map { host[..<$0] } ?? host
    return isAddress(address)
      ? nil : "'\(host)' is no address; write all of it, like 192.0.2.1 or [2001:db8::1]"
  }

  private static func problem(withPortOf parts: Parts, _ scheme: String) -> String? {
    if scheme == "icmp", !parts.port.isEmpty {
      return "icmp has no ports; write icmp://\(parts.host)"
    }
    if ["tcp", "tls", "icmp"].contains(scheme), !parts.path.isEmpty, parts.path != "/" {
      return "\(scheme) asks for nothing; remove '\(parts.path)'"
    }
    if parts.port.isEmpty {
      return ["tcp", "tls"].contains(scheme)
        ? "\(scheme) needs a port, like \(scheme)://\(parts.address):443" : nil
    }
    return number(ofPort: parts.port) == nil
      ? "'\(parts.port)' is no port; write a number from 1 to 65535, like :443" : nil
  }
}

/// Of ASCII.
extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
}
