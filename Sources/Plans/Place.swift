public import Outages
import Yams

/// A place in a YAML file that is being read. What is wrong there is noted and reading goes on, so
/// that one look at a file finds everything.
public struct Place {
  /// What is wrong in the file so far.
  fileprivate final class Notes {
    let path: String
    var problems: [Problem] = []

    init(path: String) { self.path = path }
  }

  private let node: Node
  private let notes: Notes

  /// Reads a file's text with `read`, and returns what that made of it. Throws all problems at
  /// once.
  public static func read<Value>(
    _ text: String, path: String, as read: (Place) -> Value?
  ) throws(Problems) -> Value {
    let notes = Notes(path: path)
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw Problems(list: [error.problem(path: path)])
    } catch {
      throw Problems(list: [Problem(path: path, message: "\(error)")])
    }
    guard let node else {
      throw Problems(list: [Problem(path: path, message: "the file is empty")])
    }
    let value = read(Place(node: node, notes: notes))
    guard notes.problems.isEmpty, let value else {
      let inOrder = notes.problems.sorted {
        ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0)
      }
      throw Problems(list: inOrder)
    }
    return value
  }

  /// Notes that something is wrong here.
  public func complain(_ message: String) {
    notes.problems.append(
      Problem(
        path: notes.path, line: node.mark?.line, column: node.mark?.column, message: message))
  }

  /// Notes that something is wrong in a line of the block of text that stands here, from 0.
  public func complain(_ message: String, inLine line: Int) {
    // A block's mark is where its `|` stands; its text begins in the next line.
    notes.problems.append(
      Problem(
        path: notes.path, line: node.mark.map { $0.line + 1 + line }, column: 1, message: message))
  }

  /// Whether there are further places under this one.
  public var isMapping: Bool { node.mapping != nil }
  public var isSequence: Bool { node.sequence != nil }
  /// How many places are directly under this one.
  public var count: Int { node.mapping?.count ?? node.sequence?.count ?? 0 }

  /// The text that stands here; complains when it is none.
  public func text(_ expected: String) -> String? {
    guard let text = node.scalar?.string, !text.isEmpty else {
      complain("here must be \(expected)")
      return nil
    }
    return text
  }

  /// The duration that stands here.
  public func duration(_ range: ClosedRange<Duration>) -> Duration? {
    let expected = "a duration from \(range.lowerBound) to \(range.upperBound), like 30s or 1h30m"
    guard let text = text(expected) else { return nil }
    guard let duration = Duration(text), range.contains(duration) else {
      let hint = Double(text) == nil ? "" : "; the unit is missing: \(text)s?"
      complain("'\(text)' is not \(expected)\(hint)")
      return nil
    }
    return duration
  }

  /// The number that stands here.
  public func number(_ range: ClosedRange<Double>, _ expected: String) -> Double? {
    guard let text = text(expected) else { return nil }
    guard let number = Double(text), range.contains(number) else {
      complain("'\(text)' is not \(expected)")
      return nil
    }
    return number
  }

  /// The places under the keys here. Complains of keys that are not among the `known`.
  public func fields(_ known: [String]) -> [String: Place] {
    var fields: [String: Place] = [:]
    for (key, place) in entries("keys and values: \(known.joined(separator: ", "))") {
      guard let name = key.node.scalar?.string else { continue }
      if known.contains(name) {
        fields[name] = place
      } else {
        let suggestion = name.suggestion(of: known)
        let all = "; known are \(known.joined(separator: ", "))"
        key.complain("unknown key '\(name)'\(suggestion.isEmpty ? all : suggestion)")
      }
    }
    return fields
  }

  /// The keys and the places under them, in order.
  public func entries(_ expected: String) -> [(key: Place, value: Place)] {
    if node.mapping == nil { complain("here must be \(expected)") }
    return members
  }

  /// The keys and the places under them where there are any; complains of nothing.
  var members: [(key: Place, value: Place)] {
    (node.mapping ?? [:]).map { (Place(node: $0, notes: notes), Place(node: $1, notes: notes)) }
  }

  /// The place under a key, where there is one.
  func field(_ name: String) -> Place? {
    members.first { $0.key.node.scalar?.string == name }?.value
  }

  /// The places in a list.
  public func elements(_ expected: String) -> [Place] {
    guard let sequence = node.sequence else {
      complain("here must be \(expected)")
      return []
    }
    return sequence.map { Place(node: $0, notes: notes) }
  }
}

extension YamlError {
  /// What to do about what libyaml complains of most often.
  private func remedy(for problem: String) -> String {
    if problem.contains("cannot start any token") {
      return "; indent with spaces, not tabs, and quote what begins with @, ` or %"
    }
    if problem.contains("mapping values are not allowed") {
      return "; is a line above indented otherwise, or a quote missing?"
    }
    if problem.contains("could not find expected ':'") {
      return "; is a space missing behind a ':'?"
    }
    return ""
  }

  fileprivate func problem(path: String) -> Problem {
    switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      Problem(
        path: path, line: mark.line, column: mark.column,
        message: "not YAML: \(problem)\(remedy(for: problem))")
    case .duplicatedKeysInMapping(let duplicates, let context):
      Problem(
        path: path, line: context.mark.line, column: context.mark.column,
        message:
          "a key stands here twice: \(duplicates.map { "\($0)" }.sorted().joined(separator: ", "))")
    case .reader(let problem, _, _, _): Problem(path: path, message: "not YAML: \(problem)")
    default: Problem(path: path, message: "not YAML: \(self)")
    }
  }
}
