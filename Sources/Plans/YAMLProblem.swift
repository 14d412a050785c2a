import Yams

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

  /// The same as a problem of a file.
  func problem(path: String) -> Problem {
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
