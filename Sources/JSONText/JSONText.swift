/// A JSON value whose members keep their order, so that the same value is always the same bytes.
/// Foundation's encoder either shuffles the members or sorts them; a report is written to be read.
public enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// Not a number and infinities become null.
  case number(Double)
  case string(String)
  case array([JSON])
  case object([Member])

  public struct Member: Sendable, Equatable {
    public var name: String
    public var value: JSON

    public init(name: String, value: JSON) { (self.name, self.value) = (name, value) }
  }

  /// An object; members that are nil are left out.
  public static func object(_ members: KeyValuePairs<String, JSON?>) -> JSON {
    .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
  }

  /// The text on one line.
  public var line: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// The text with one line for each member of the object, and one for each element of its arrays:
  /// `diff` and `grep` find their way in it.
  public var lines: String {
    guard case .object(let members) = self else { return line }
    var text = "{"
    for (index, member) in members.enumerated() {
      text += index > 0 ? ",\n " : "\n "
      JSON.quote(member.name, into: &text)
      text += ":"
      guard case .array(let elements) = member.value, !elements.isEmpty else {
        member.value.write(to: &text)
        continue
      }
      for (index, element) in elements.enumerated() {
        text += index > 0 ? ",\n  " : "[\n  "
        element.write(to: &text)
      }
      text += "]"
    }
    return text + "\n}"
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .number(let value): text += value.isFinite ? "\(value)" : "null"
    case .string(let value): JSON.quote(value, into: &text)
    case .array(let elements):
      JSON.list(elements, "[", "]", into: &text) { $0.write(to: &$1) }
    case .object(let members):
      JSON.list(members, "{", "}", into: &text) { member, text in
        JSON.quote(member.name, into: &text)
        text += ":"
        member.value.write(to: &text)
      }
    }
  }

  private static func list<Element>(
    _ elements: [Element], _ open: String, _ close: String, into text: inout String,
    write: (Element, inout String) -> Void
  ) {
    text += open
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      write(element, &text)
    }
    text += close
  }

  /// Appends a string in quotes, escaped as RFC 8259 demands and no more.
  public static func quote(_ value: String, into text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
}
