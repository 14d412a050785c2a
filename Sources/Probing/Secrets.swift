import Foundation
import Plans

/// What is sent and must not be shown, though whoever answers may say it again.
struct Secrets: Sendable {
  /// The headers whose values are hidden, beside those that always are.
  private let headers: [String]
  /// Passwords, tokens and what came from the environment, the longest first.
  private let values: [String]

  init(_ settings: ProbeSettings = ProbeSettings()) {
    headers = settings.headers.map { $0.prefix { $0 != ":" }.lowercased() }
    var values = settings.confided
    switch settings.credentials {
    case .password(let user, let password):
      // HTTP packs them.
      values.formUnion([password, Data("\(user):\(password)".utf8).base64EncodedString()])
    case .bearer(let token): values.insert(token)
    case nil: break
    }
    if let user = settings.proxy.flatMap(ProbeURL.user) {
      values.formUnion(user.split(separator: ":").map(String.init))
    }
    for header in settings.headers where Secrets.areUsual(in: header.prefix { $0 != ":" }) {
      values.insert(String(header.drop { $0 != ":" }.dropFirst().drop { $0 == " " }))
    }
    // What is shorter stands in every other word.
    self.values = values.filter { $0.utf8.count > 3 }.sorted { $0.utf8.count > $1.utf8.count }
  }

  func masked(_ text: String) -> String {
    values.reduce(text) { $0.contains($1) ? $0.replacingOccurrences(of: $1, with: "…") : $0 }
  }

  /// Whether a header's value is hidden.
  func hide(header name: some StringProtocol) -> Bool {
    Secrets.areUsual(in: name) || headers.contains { name.lowercased().contains($0) }
  }

  private static func areUsual(in name: some StringProtocol) -> Bool {
    let name = name.lowercased()
    return ["auth", "cookie", "key", "token", "secret", "password"].contains { name.contains($0) }
  }
}
