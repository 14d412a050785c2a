import CCurl

/// What libcurl and a server say to each other, as lines for people, without secrets.
enum Conversation {
  /// The lines of one piece. `isText`: commands that are sent may carry a password.
  static func lines(
    _ kind: curl_infotype, _ bytes: UnsafeBufferPointer<CChar>, isText: Bool
  ) -> [String] {
    let text = String(decoding: bytes.lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
    switch kind {
    case CURLINFO_TEXT: return marked("* ", text)
    case CURLINFO_HEADER_IN: return marked("< ", text) { withoutSecret($0) }
    case CURLINFO_HEADER_OUT:
      return marked("> ", text) { isText ? command($0) : withoutSecret($0) }
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
  private static func withoutSecret(_ line: String) -> String {
    guard let colon = line.firstIndex(of: ":") else { return line }
    let name = line[..<colon].lowercased()
    let secrets = ["authorization", "cookie", "key", "token", "secret", "password"]
    return secrets.contains { name.contains($0) } ? line[...colon] + " …" : line
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
