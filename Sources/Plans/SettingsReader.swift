import Expressions
import Outages

/// Reads what a target may say of how it is asked, and of the answer it must give.
enum SettingsReader {
  static let keys = settings.map(\.key)

  static func read(_ fields: [String: Place], into settings: inout ProbeSettings) {
    if let place = fields["method"], let text = place.text("a method, like GET or HEAD") {
      settings.method = text
      if !text.allSatisfy({ $0.isASCII && $0.isUppercase }) {
        place.complain("'\(text)' is no method, like GET or HEAD")
      }
    }
    for (key, value) in fields["headers"]?.entries("headers, like {Accept: text/html}") ?? [] {
      guard let name = key.text("a header's name"), let text = value.text("a header's value")
      else { continue }
      if text.contains(where: \.isNewline) { value.complain("a header is one line") }
      if !name.utf8.allSatisfy(isOfToken) {
        key.complain("'\(name)' is no header's name; write one like Accept")
      }
      settings.headers.append("\(name): \(text)")
      if value.shown != nil { settings.confided.insert(text) }
    }
    settings.body = fields["body"]?.text("what is sent") ?? settings.body
    if fields["body"]?.shown != nil, let body = settings.body { settings.confided.insert(body) }
    settings.credentials = fields["auth"].flatMap(credentials) ?? settings.credentials
    settings.redirects = fields["redirects"]?.wholeNumber(0...50) ?? settings.redirects
    settings.proxy = fields["proxy"].flatMap(proxy) ?? settings.proxy
    settings.version =
      fields["http"].flatMap { word($0, ProbeSettings.Version.self) } ?? settings.version
    settings.source = fields["source"]?.text("an address or an interface") ?? settings.source
    settings.keepsConnection = fields["reuse"].flatMap(truth) ?? settings.keepsConnection
    if let place = fields["tls"] { tls(place, into: &settings.tls) }
    if let place = fields["expect"] { expectation(place, into: &settings.expectation) }
    if settings.keepsConnection, settings.expectation.certificate != nil {
      fields["reuse"]?.complain(
        "a connection that is kept shows its certificate once; leave 'reuse' out, or the expectation"
      )
    }
  }

  static func family(_ place: Place) -> (family: ProbeSettings.Family?, isBoth: Bool) {
    let expected = "ipv4, ipv6, both or any"
    switch place.text(expected) {
    case "both": return (nil, true)
    case "any", nil: return (nil, false)
    case let text?:
      let family = ProbeSettings.Family(rawValue: text)
      if family == nil { place.complain("'\(text)' is not \(expected)") }
      return (family, false)
    }
  }

  // MARK: Parts

  /// Whether names of headers may have it (RFC 9110 §5.6.2).
  private static func isOfToken(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }

  private static func credentials(_ place: Place) -> ProbeSettings.Credentials? {
    let fields = place.fields(["user", "password", "password-file", "bearer", "bearer-file"])
    func secret(_ name: String) -> String? {
      if let file = fields[name + "-file"]?.text("a file") {
        return place.text(ofFile: file, most: 64 * 1024).map {
          String($0.text.reversed().drop(while: \.isNewline).reversed())
        }
      }
      return fields[name]?.text("a \(name), best as ${VARIABLE} or in a \(name)-file")
    }
    let kinds = [["user", "password", "password-file"], ["bearer", "bearer-file"]]
    let isBoth = kinds.allSatisfy { $0.contains { fields[$0] != nil } }
    let isTwice = ["password", "bearer"].contains {
      fields[$0] != nil && fields[$0 + "-file"] != nil
    }
    if isBoth || isTwice { place.complain("this says it twice; leave one of them out") }
    func line(_ text: String?) -> String? {
      if let text, text.isEmpty || text.contains(where: \.isNewline) {
        place.complain(
          "who asks is told by one line, and here is \(text.isEmpty ? "none" : "more")")
      }
      return text
    }
    if ["bearer", "bearer-file"].contains(where: { fields[$0] != nil }) {
      return line(secret("bearer")).map { .bearer($0) }
    }
    guard fields["user"] != nil, fields["password"] != nil || fields["password-file"] != nil else {
      place.complain("this needs user and password (or password-file), or bearer (or bearer-file)")
      return nil
    }
    guard let user = line(fields["user"]?.text("a user's name")),
      let password = line(secret("password"))
    else { return nil }
    return .password(user: user, password)
  }

  private static func proxy(_ place: Place) -> String? {
    guard let url = place.text("a proxy, like http://proxy:3128") else { return nil }
    let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
    if !url.contains("://") || !schemes.contains(ProbeURL.scheme(of: url)) {
      place.complain(
        "'\(ProbeURL.withoutSecret(url))' is no proxy; write one like http://proxy:3128 or socks5h://proxy:1080"
      )
    } else if ProbeURL.host(of: url).isEmpty || ProbeURL.port(of: url) == nil {
      place.complain(
        "'\(ProbeURL.withoutSecret(url))' lacks a host or a port; write it like http://proxy:3128")
    }
    return url
  }

  private static func tls(_ place: Place, into tls: inout ProbeSettings.TLS) {
    let fields = place.fields(["ca", "certificate", "key", "verify", "start"])
    tls.authorities = fields["ca"].flatMap(path) ?? tls.authorities
    tls.certificate = fields["certificate"].flatMap(path) ?? tls.certificate
    tls.key = fields["key"].flatMap(path) ?? tls.key
    tls.isVerified = fields["verify"].flatMap(truth) ?? tls.isVerified
    tls.starts = fields["start"].flatMap(truth) ?? tls.starts
    if (tls.certificate == nil) != (tls.key == nil) {
      place.complain("a client has a certificate and a key; name both")
    } else if let problem = place.problem(with: tls) {
      place.complain(problem)
    }
  }

  /// The path of a file that can be read.
  private static func path(_ place: Place) -> String? {
    place.text("a file in PEM").flatMap { place.text(ofFile: $0)?.path }
  }

  private static func expectation(_ place: Place, into expectation: inout AnswerExpectation) {
    let fields = place.fields(expectations.map(\.key))
    if let place = fields["status"] { expectation.statuses = statuses(place) }
    expectation.body = fields["body"].flatMap(expression) ?? expectation.body
    for name in ["json", "headers"] {
      if let place = fields[name], place.isMapping, place.count == 0 {
        place.complain("this expects nothing; remove it, or say what")
      }
    }
    for (key, value) in fields["json"]?.entries("pointers and values, like {/status: ok}") ?? [] {
      guard let text = key.text("a pointer, like /status") else { continue }
      guard let pointer = JSONPointer(text) else {
        key.complain("'\(text)' is no JSON pointer; write one like /status or /checks/0/up")
        continue
      }
      let isAny = value.isScalar && (value.name ?? "").isEmpty
      expectation.json.append(
        AnswerExpectation.Value(
          pointer: pointer, text: isAny ? nil : value.text("a value"), shown: value.shown))
    }
    for (key, value) in fields["headers"]?.entries("headers and expressions") ?? [] {
      guard let name = key.text("a header's name"), let value = expression(value) else { continue }
      expectation.headers.append(AnswerExpectation.Header(name: name, value: value))
    }
    expectation.certificate =
      fields["certificate"]?.duration(.minutes(1)...Duration.days(3650)) ?? expectation.certificate
    if let place = fields["rcode"] {
      expectation.responseCodes = each(place, "a response code, like NXDOMAIN") {
        DNSQuestion.responseCodes[$0.uppercased()] ?? Int($0).flatMap { 0...15 ~= $0 ? $0 : nil }
      }
    }
    if let place = fields["answer"] {
      expectation.answers = each(place, "the data of a record, like 192.0.2.1") { $0 }
    }
    if let place = fields["error"] {
      let words = Failure.allCases.map(\.rawValue).joined(separator: ", ")
      let sets = each(place, "any, or one of \(words)") { text in
        text == "any" ? Set(Failure.allCases) : Failure(rawValue: text).map { [$0] }
      }
      expectation.failures = sets.reduce([]) { $0.union($1) }
    }
  }

  /// `200`, `200-399`, or a list of such.
  private static func statuses(_ place: Place) -> [ClosedRange<Int>] {
    each(place, "a status or a range of them, like 200-399") { text in
      let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
        100 <= first, first <= last, last <= 999
      else { return nil }
      return first...last
    }
  }

  // MARK: Values

  /// Reads one text, or each of a list.
  private static func each<Value>(
    _ place: Place, _ expected: String, _ read: (String) -> Value?
  ) -> [Value] {
    if place.isSequence, place.count == 0 { place.complain("here must be \(expected)") }
    return (place.isSequence ? place.elements(expected) : [place]).compactMap { place in
      guard let text = place.text(expected) else { return nil }
      let value = read(text)
      if value == nil { place.complain("'\(text)' is not \(expected)") }
      return value
    }
  }

  private static func expression(_ place: Place) -> RegularExpression? {
    guard let text = place.text("a regular expression") else { return nil }
    do {
      return try RegularExpression(text, shown: place.shown)
    } catch {
      place.complain("'\(text)' is no regular expression: \(error)")
      return nil
    }
  }

  private static func word<Word: RawRepresentable & CaseIterable>(
    _ place: Place, _: Word.Type
  ) -> Word? where Word.RawValue == String {
    let expected = Word.allCases.map(\.rawValue).joined(separator: " or ")
    guard let text = place.text(expected) else { return nil }
    let word = Word(rawValue: text)
    if word == nil { place.complain("'\(text)' is not \(expected)") }
    return word
  }

  private static func truth(_ place: Place) -> Bool? {
    let words = ["true": true, "yes": true, "on": true, "false": false, "no": false, "off": false]
    guard let text = place.text("yes or no") else { return nil }
    let truth = words[text.lowercased()]
    if truth == nil { place.complain("'\(text)' is neither yes nor no") }
    return truth
  }
}
