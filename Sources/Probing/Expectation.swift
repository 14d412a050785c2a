import Expressions
import Foundation
import Outages
import Plans

/// What is wrong with an answer, as a sentence; nil when nothing is.
extension AnswerExpectation {
  /// Of HTTP: the status, the headers by a way to look them up, and the body as far as it was read.
  func problem(
    status: Int, header: (String) -> [String], body: [UInt8], isBodyWhole: Bool
  ) -> String? {
    if !statuses.contains(where: { $0.contains(status) }) { return "HTTP status \(status)" }
    for expected in headers {
      let values = header(expected.name)
      if values.isEmpty { return "there is no header \(expected.name)" }
      if !values.contains(where: { expected.value.matches(Array($0.utf8)) }) {
        let all = values.joined(separator: "', '")
        return "the header \(expected.name) is '\(all)' and does not match \(expected.value)"
      }
    }
    return problem(body: body, isWhole: isBodyWhole)
  }

  /// Of a body, or of a DNS answer's records, one a line.
  func problem(body bytes: [UInt8], isWhole: Bool) -> String? {
    let part = isWhole ? "the body" : "the beginning of the body (\(bytes.count) bytes)"
    if let body, !body.matches(bytes) { return "\(part) does not match \(body)" }
    if json.isEmpty { return nil }
    guard
      let document = try? JSONSerialization.jsonObject(
        with: Data(bytes), options: .fragmentsAllowed)
    else { return "\(part) is no JSON" }
    for expected in json {
      guard let value = expected.pointer.value(in: document) else {
        return "\(expected.pointer) is not in the body"
      }
      if let text = expected.text, !JSONPointer.isEqual(value, to: text) {
        let wanted = expected.shown ?? text
        return "\(expected.pointer) is \(JSONPointer.text(of: value)), not \(wanted)"
      }
    }
    return nil
  }

  /// Of DNS.
  func problem(code: Int, _ records: [String], isWhole: Bool) -> String? {
    if !responseCodes.contains(code) { return "DNS says \(DNSQuestion.name(ofCode: code))" }
    if !isWhole { return "the DNS answer cannot be read to its end" }
    let plain = records.map(AnswerExpectation.plain)
    for answer in answers where !plain.contains(AnswerExpectation.plain(answer)) {
      let all = records.isEmpty ? "nothing" : records.joined(separator: ", ")
      return "DNS answers \(all), not \(answer)"
    }
    let lines = Array(records.joined(separator: "\n").utf8)
    return problem(body: lines, isWhole: true).map { _ in
      "the DNS answer does not match \(body?.description ?? "")"
    }
  }

  /// Names are the same in any case, and with or without their last dot.
  private static func plain(_ record: String) -> String {
    record.lowercased().split(separator: " ").map {
      $0.count > 1 && $0.hasSuffix(".") ? $0.dropLast() : $0
    }.joined(separator: " ")
  }

  /// Of certificates that are valid for so many seconds yet.
  func problem(secondsLeft: Int?) -> String? {
    guard let certificate, let secondsLeft, Double(secondsLeft) < certificate.seconds else {
      return nil
    }
    return secondsLeft < 0
      ? "a certificate of the chain has expired"
      : "a certificate of the chain expires in \(Duration.seconds(Int64(secondsLeft)).brief)"
  }
}

extension AnswerExpectation {
  /// What an outcome comes to where a failure is what is expected.
  func judged(
    _ outcome: Outcome, _ detail: Detail, after milliseconds: Double
  ) -> (Outcome, Detail) {
    var detail = detail
    switch outcome {
    case .failed(let word) where failures.contains(word):
      (detail.died, detail.sentence) = (nil, nil)
      return (.answered(milliseconds: milliseconds), detail)
    case .answered:
      detail.sentence = "it answered, and was expected not to"
      return (.failed(.status), detail)
    case .failed, .prevented: return (outcome, detail)
    }
  }
}

extension DNSQuestion {
  static func name(ofCode code: Int) -> String {
    responseCodes.first { $0.value == code }?.key ?? "rcode \(code)"
  }
}

extension JSONPointer {
  /// What stands there in a document as Foundation reads it.
  func value(in document: Any) -> Any? {
    tokens.reduce(document as Any?) { value, token in
      switch value {
      case let object as [String: Any]: object[token]
      case let array as [Any]:
        JSONPointer.index(token).flatMap { array.indices.contains($0) ? array[$0] : nil }
      default: nil
      }
    }
  }

  /// Digits without a leading zero (RFC 6901 §4).
  private static func index(_ token: String) -> Int? {
    token == "0" || token.first.map { "1"..."9" ~= $0 } ?? false ? Int(token) : nil
  }

  static func isEqual(_ value: Any, to text: String) -> Bool {
    if let string = value as? String { return string == text }
    if value is [Any] || value is [String: Any] { return false }
    if JSONPointer.text(of: value) == text { return true }
    guard let number = value as? NSNumber, !number.isTruth, let wanted = Double(text) else {
      return false
    }
    return number.doubleValue == wanted
  }

  static func text(of value: Any) -> String {
    switch value {
    case let string as String: "'\(string)'"
    case is NSNull: "null"
    case let number as NSNumber: number.isTruth ? "\(number.boolValue)" : "\(number)"
    case is [Any]: "an array"
    default: "an object"
    }
  }
}

extension NSNumber {
  /// Whether it was true or false in JSON: Foundation hands both kinds around as numbers.
  fileprivate var isTruth: Bool { String(cString: objCType) == "c" }
}
