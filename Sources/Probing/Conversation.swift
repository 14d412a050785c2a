import CCurl

/// What libcurl and a server say to each other, as lines for people, without secrets.
enum Conversation {
  /// The lines of one piece. `isText`: commands that are sent may carry a password. `secrets` are the
  /// headers whose values are nobody's business, beside those that never are.
  static func lines(
    _ kind: curl_infotype, _ bytes: UnsafeBufferPointer<CChar>, isText: Bool, secrets: [String] = []
  ) -> [String] {
    let text = String(decoding: bytes.lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
    func hidden(_ line: String) -> String { withoutSecret(withoutQuery(line), secrets) }
    switch kind {
    case CURLINFO_TEXT:
      // libcurl repeats the headers of HTTP/2 here.
      return marked("* ", text) { $0.contains("[") ? hidden($0) : $0 }
    case CURLINFO_HEADER_IN: return marked("< ", text, hidden)
    case CURLINFO_HEADER_OUT: return marked("> ", text) { isText ? command($0) : hidden($0) }
    case CURLINFO_DATA_IN: return ["< (\(bytes.count) bytes of body)"]
    case CURLINFO_DATA_OUT: return ["> (\(bytes.count) bytes of body)"]
    default: return []
    }
  }

  private static func marked(
    _ mark: String, _ text: String, _ change: (String) -> String = { $0 }
  ) -> [String] {
    text.split(whereSeparator: \.isNewline).map { mark + change(String($0)) }
  }

  /// A header whose value is a secret keeps its name alone.
  private static func withoutSecret(_ line: String, _ secrets: [String]) -> String {
    // A pseudo-header of HTTP/2 begins with a colon.
    guard let colon = line.dropFirst().firstIndex(of: ":") else { return line }
    let name = line[..<colon].lowercased()
    let words = ["auth", "cookie", "key", "token", "secret", "password"]
    let isSecret = (words + secrets).contains { name.contains($0) }
    return isSecret ? line[...colon] + " …" : line
  }

  /// A request's path without its query, in which keys are often put.
  private static func withoutQuery(_ line: String) -> String {
    guard let mark = line.firstIndex(of: "?") else { return line }
    let rest = line[mark...].drop { $0 != " " && $0 != "]" }
    return line[...mark] + "…" + rest
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
