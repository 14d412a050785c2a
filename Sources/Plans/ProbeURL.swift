/// What can be told of a URL before anybody is asked.
enum ProbeURL {
  /// What is wrong with it and what to do, or nil.
  static func problem(with url: String, schemes: Set<String>) -> String? {
    guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else {
      return "'\(url)' has no scheme; write it out, like https://\(url) or tcp://\(url):443"
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
    if host.isEmpty || (isLiteral && host.count < 3) { return "'\(url)' names no host" }
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
