import FoundationEssentials
import JSONText
import Outages

/// The line that opens a recording session: the format, and the session as the plan had it. A log
/// is so explained by itself: who watched what, how often, and by which parameters.
enum LogHeader {
  static let format = "outage/1"

  static func line(for session: Session) -> String {
    let detection = Detection.parameters.map {
      JSON.Member(name: $0.name, value: .string($0.text(session.detection)))
    }
    let targets = session.targets.map { target in
      JSON.object([
        "name": .string(target.name),
        "every": target.every.map { .string($0.description) },
        "sentinel": target.isSentinel ? true : nil,
        "behind": target.behind.map { .string($0) },
      ])
    }
    let groups = session.groups.map { group in
      JSON.object([
        "name": .string(group.name),
        "title": group.title == group.name ? nil : .string(group.title),
        "members": .array(group.members.map { .string($0) }),
        "behind": group.behind.map { .string($0) },
      ])
    }
    return JSON.object([
      "log": .string(format), "vantage": .string(session.vantage),
      "detection": .object(detection), "targets": .array(targets), "groups": .array(groups),
      "maintenance": session.maintenance.isEmpty
        ? nil : .array(session.maintenance.map(MaintenanceLine.json)),
    ]).line
  }

  enum Reading {
    case session(Session)
    case unknownFormat(String)
    case problem(String)
  }

  /// Reads a header. What it leaves out has the defaults; what it has more is skipped.
  static func read(_ line: UnsafeRawBufferPointer) -> Reading {
    guard let header = try? JSONDecoder().decode(Header.self, from: Data(line)) else {
      return .problem("the header cannot be read; the session goes on as before")
    }
    if header.log != format { return .unknownFormat(header.log) }
    var detection = Detection()
    for (name, text) in header.detection ?? [:] {
      guard let parameter = Detection.parameters.first(where: { $0.name == name }) else { continue }
      if !parameter.set(&detection, text) {
        return .problem(
          "the header's '\(name)' is '\(text)', and not \(parameter.expected); "
            + "the session goes on as before")
      }
    }
    let targets = (header.targets ?? []).filter { !$0.name.isEmpty }.map {
      Target(
        name: $0.name, every: $0.every.flatMap { Duration($0) }.flatMap { $0 > .zero ? $0 : nil },
        isSentinel: $0.sentinel ?? false, behind: $0.behind)
    }
    let groups = (header.groups ?? []).map {
      var seen = Set<String>()
      let members = $0.members.filter { seen.insert($0).inserted }
      return Group(name: $0.name, title: $0.title, members: members, behind: $0.behind)
    }
    return .session(
      Session(
        vantage: header.vantage ?? "local", targets: targets, groups: groups, detection: detection,
        maintenance: (header.maintenance ?? []).compactMap(\.maintenance)))
  }

  private struct Header: Decodable {
    struct Target: Decodable {
      var name: String
      var every: String?
      var sentinel: Bool?
      var behind: String?
    }
    struct Group: Decodable {
      var name: String
      var title: String?
      var members: [String]
      var behind: String?
    }
    var log: String
    var vantage: String?
    var detection: [String: String]?
    var targets: [Target]?
    var groups: [Group]?
    var maintenance: [MaintenanceLine]?
  }
}
