import CCurl

/// What libcurl and a server say to each other, as lines for people, without secrets.
enum Conversation {
  /// The lines of one piece. `isText`: commands that are sent may carry a password.
  static func lines(
    _ kind: curl_infotype, _ bytes: UnsafeBufferPointer<CChar>, isText: Bool,
    secrets: Secrets = Secrets()
  ) -> [String] {
    let text = String(decoding: bytes.lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
    func hidden(_ line: String) -> String { withoutSecret(withoutQuery(line), secrets) }
    let lines =
      switch kind {
      case CURLINFO_TEXT:
        marked("* ", text) {
          // libcurl repeats the headers of HTTP/2 here, and URLs that redirects lead to.
          let line = withoutUsers($0)
          return line.contains("[")
            ? hidden(line) : line.contains("://") ? withoutQuery(line) : line
        }
      case CURLINFO_HEADER_IN: marked("< ", text) { hidden(withoutUsers($0)) }
      case CURLINFO_HEADER_OUT: marked("> ", text) { isText ? command($0) : hidden($0) }
      case CURLINFO_DATA_IN: ["< (\(bytes.count) bytes of body)"]
      case CURLINFO_DATA_OUT: ["> (\(bytes.count) bytes of body)"]
      default: [String]()
      }
    return lines.map(secrets.masked)
  }

  private static func marked(
    _ mark: String, _ text: String, _ change: (String) -> String = { $0 }
  ) -> [String] {
    text.split(whereSeparator: \.isNewline).map { mark + change(String($0)) }
  }

  /// A header whose value is a secret keeps its name alone.
  private static func withoutSecret(_ line: String, _ secrets: Secrets) -> String {
    // A pseudo-header of HTTP/2 begins with a colon.
    guard let colon = line.dropFirst().firstIndex(of: ":") else { return line }
    return secrets.hide(header: line[..<colon]) ? line[...colon] + " …" : line
  }

  /// A request's path without its query, in which keys are often put.
  private static func withoutQuery(_ line: String) -> String {
    guard let mark = line.firstIndex(of: "?") else { return line }
    let rest = line[mark...].drop { !" ]'".contains($0) }
    return line[...mark] + "…" + rest
  }

  /// URLs without what stands before an '@'.
  private static func withoutUsers(_ line: String) -> String {
    var clean = ""
    var rest = line[...]
    while let slashes = rest.firstRange(of: "://") {
      let authority = rest[slashes.upperBound...].prefix { !"/?# '".contains($0) }
      clean += rest[..<slashes.upperBound]
      let at = authority.lastIndex(of: "@")
      if at != nil { clean += "…" }
      rest = rest[(at ?? authority.startIndex)...]
    }
    return clean + rest
  }

  /// A command without its arguments.
  private static func command(_ line: String) -> String {
    let words = line.split(separator: " ", maxSplits: 1)
    // IMAP's commands come after a tag; what has one word may be a secret itself.
    if let first = words.first, words.count > 1, first.allSatisfy({ $0.isLetter || $0.isNumber }) {
      let second = words[1].prefix { $0 != " " }
      return first.contains(where: \.isNumber) ? "\(first) \(second) …" : "\(first) …"
    }
    return "…"
  }
}
