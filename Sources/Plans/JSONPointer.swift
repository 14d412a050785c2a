/// A place in a JSON document (RFC 6901): `/checks/0/state`.
public struct JSONPointer: Sendable, Equatable, CustomStringConvertible {
  public let description: String
  public let tokens: [String]

  /// Nil when the text is none: it neither is empty nor begins with '/', or has a bare '~'.
  public init?(_ text: String) {
    description = text
    if text.isEmpty {
      tokens = []
      return
    }
    guard text.hasPrefix("/") else { return nil }
    var tokens: [String] = []
    for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let token = JSONPointer.unescaped(part) else { return nil }
      tokens.append(token)
    }
    self.tokens = tokens
  }

  private static func unescaped(_ part: Substring) -> String? {
    var token = ""
    var isEscape = false
    for character in part {
      switch (character, isEscape) {
      case ("0", true): token.append("~")
      case ("1", true): token.append("/")
      case (_, true): return nil
      case ("~", false): break
      default: token.append(character)
      }
      isEscape = !isEscape && character == "~"
    }
    return isEscape ? nil : token
  }
}
