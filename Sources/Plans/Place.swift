import Yams

/// A place in a YAML file that is being read. What is wrong there is noted and reading goes on, so
/// that one look at all files finds everything.
public struct Place {
  /// A reading in progress: what is wrong so far.
  fileprivate final class Reading {
    let surroundings: Surroundings
    /// With the number of the file, so that they can be told in order.
    var problems: [(file: Int, problem: Problem)] = []
    /// What the environment's variables had that were asked for.
    var secrets: [String: String] = [:]

    init(_ surroundings: Surroundings) { self.surroundings = surroundings }
  }

  /// A line of another file that a place of this one is applied to.
  private struct Origin {
    var path: String
    var line: Int
  }

  private let node: Node
  private let reading: Reading
  private let file: Int
  private let path: String
  /// Of a template; nil where there are none.
  private var variables: [String: String]?
  private var origin: Origin?

  private init(_ node: Node, _ reading: Reading, file: Int, path: String) {
    (self.node, self.reading, self.file, self.path) = (node, reading, file, path)
  }

  /// A place beside or under this one.
  private func place(_ node: Node) -> Place {
    var place = Place(node, reading, file: file, path: path)
    (place.variables, place.origin) = (variables, origin)
    return place
  }

  /// Reads a file's text with `read`, and returns what that made of it. Throws all problems at
  /// once.
  public static func read<Value>(
    _ text: String, path: String, as read: (Place) -> Value?
  ) throws(Problems) -> Value {
    try Place.read([Source(path: path, text: text)]) { places in places.first.flatMap(read) }
  }

  /// The same for several files that make one whole.
  public static func read<Value>(
    _ sources: [Source], in surroundings: Surroundings = Surroundings(),
    as read: ([Place]) -> Value?
  ) throws(Problems) -> Value {
    let reading = Reading(surroundings)
    var places: [Place] = []
    for (file, source) in sources.enumerated() {
      let problem: Problem
      do {
        // Editors of some systems begin a file with a mark.
        let isMarked = source.text.first == "\u{feff}"
        if let node = try Yams.compose(
          yaml: isMarked ? String(source.text.dropFirst()) : source.text)
        {
          places.append(Place(node, reading, file: file, path: source.path))
          continue
        }
        problem = Problem(path: source.path, message: "the file is empty")
      } catch let error as YamlError {
        problem = error.problem(path: source.path)
      } catch {
        problem = Problem(path: source.path, message: "\(error)")
      }
      reading.problems.append((file, problem))
    }
    // Of files that are no YAML there is nothing more to be said.
    let value = reading.problems.isEmpty ? read(places) : nil
    guard reading.problems.isEmpty, let value else {
      let inOrder = reading.problems.sorted {
        ($0.file, $0.problem.line ?? 0, $0.problem.column ?? 0)
          < ($1.file, $1.problem.line ?? 0, $1.problem.column ?? 0)
      }
      throw Problems(list: inOrder.map(\.problem))
    }
    return value
  }

  /// The same place with values for the variables that texts in it name as `{variable}`.
  func with(_ variables: [String: String]) -> Place {
    var place = self
    place.variables = (place.variables ?? [:]).merging(variables) { $1 }
    return place
  }

  /// The same place as applied to a line of another file, where its problems are then told.
  func applied(to path: String, line: Int) -> Place {
    var place = self
    place.origin = Origin(path: path, line: line)
    return place
  }

  /// Notes that something is wrong here.
  public func complain(_ message: String) {
    if let origin {
      note(Problem(path: origin.path, line: origin.line, column: 1, message: message))
    } else {
      note(
        Problem(path: path, line: node.mark?.line, column: node.mark?.column, message: message))
    }
  }

  /// Notes that something is wrong in a line of the block of text that stands here, from 0.
  public func complain(_ message: String, inLine line: Int) {
    // A block's mark is where its `|` stands; its text begins in the next line.
    note(
      Problem(path: path, line: node.mark.map { $0.line + 1 + line }, column: 1, message: message))
  }

  /// What came from the environment is told by its variable's name.
  private func note(_ problem: Problem) {
    var problem = problem
    let secrets = reading.secrets.sorted { $0.value.count > $1.value.count }
    for (name, value) in secrets where value.count > 2 {
      problem.message = problem.message.replacing(value, with: "${\(name)}")
    }
    reading.problems.append((file, problem))
  }

  /// Where this is, for whoever speaks of it elsewhere.
  var position: String { "\(path):\(node.mark?.line ?? 1)" }

  /// The text of another file, by its path from this file's folder, if it has no more bytes than `most`.
  func text(ofFile name: String, most: Int = 1 << 28) -> (path: String, text: String)? {
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    let whole = name.hasPrefix("/") ? name : folder + name
    switch reading.surroundings.text(whole, most) {
    case .success(let text): return (whole, text)
    case .failure(let error):
      complain(error.reason)
      return nil
    }
  }

  /// What is wrong with the certificates and keys of files, if anything.
  func problem(with tls: ProbeSettings.TLS) -> String? { reading.surroundings.problem(tls) }

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
    let filled = filled(text)
    if filled.isEmpty { complain("here must be \(expected), and the variables leave nothing") }
    return filled.isEmpty ? nil : filled
  }

  /// Whether a text, a number or nothing stands here.
  var isScalar: Bool { node.scalar != nil }

  /// The text that stands here as people are shown it, where a part of it comes from the environment
  /// and may be a secret; else nil.
  var shown: String? {
    guard let text = node.scalar?.string, text.contains("${") else { return nil }
    return filled(text, showsEnvironment: false)
  }

  /// The variables that are named here and below, but for those of the environment.
  var mentioned: Set<String> {
    if let text = node.scalar?.string {
      var names: Set<String> = []
      for brace in text.indices where text[brace] == "{" {
        let name = String(text[brace...].dropFirst().prefix { $0 != "}" })
        let before = text[..<brace]
        if before.last != "$", Place.isMeant(name, after: before) { names.insert(name) }
      }
      return names
    }
    let below = node.sequence.map { $0.map(place) } ?? members.flatMap { [$0.key, $0.value] }
    return below.reduce([]) { $0.union($1.mentioned) }
  }

  /// A text with the values of the variables in it, those of the environment among them.
  private func filled(_ text: String, showsEnvironment: Bool = true) -> String {
    guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
    var filled = ""
    var rest = text[...]
    while let brace = rest.firstIndex(of: "{") {
      let isOfEnvironment = rest[..<brace].last == "$"
      guard let end = rest[brace...].firstIndex(of: "}") else { break }
      let name = String(rest[rest.index(after: brace)..<end])
      let value =
        isOfEnvironment
        ? (showsEnvironment ? reading.surroundings.variable(name) : nil) : variables?[name]
      if isOfEnvironment, let value { reading.secrets[name] = value }
      filled += isOfEnvironment && value != nil ? rest[..<brace].dropLast() : rest[..<brace]
      if let value {
        filled += value
        rest = rest[end...].dropFirst()
        continue
      }
      if isOfEnvironment, showsEnvironment {
        complain("the environment has no variable '\(name)'; set it, or write the value here")
      } else if !isOfEnvironment, let variables, Place.isMeant(name, after: rest[..<brace]) {
        let known = variables.isEmpty ? "none" : variables.keys.sorted().joined(separator: ", ")
        complain("there is no variable '\(name)' here; there are \(known)")
      }
      filled += "{"
      rest = rest[brace...].dropFirst()
    }
    return filled + rest
  }

  /// Whether braces are meant as a variable's, and not as those of an expression like `\p{Lu}`.
  private static func isMeant(_ name: String, after text: Substring) -> Bool {
    let isName =
      name.first?.isLetter ?? false
      && name.allSatisfy { $0.isLetter || $0.isNumber || "_-".contains($0) }
    return isName && text.dropLast().last != "\\"
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
    (node.mapping ?? [:]).map { (place($0), place($1)) }
  }

  /// The place under a key, where there is one.
  func field(_ name: String) -> Place? {
    members.first { $0.key.name == name }?.value
  }

  /// The text of a key, as it stands.
  var name: String? { node.scalar?.string }

  /// The places in a list.
  public func elements(_ expected: String) -> [Place] {
    guard let sequence = node.sequence else {
      complain("here must be \(expected)")
      return []
    }
    return sequence.map(place)
  }
}
