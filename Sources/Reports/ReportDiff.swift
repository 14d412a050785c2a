import JSONText
import Outages

/// What is told otherwise in one report than in another of the same time: episodes lost, gained and
/// changed. Episodes are the same when their ids are; else those of one scope that overlap are
/// matched, the earliest first.
public struct ReportDiff: Sendable, Equatable {
  public typealias Claim = SavedReport.Claim

  public struct Change: Sendable, Equatable {
    public var before: Claim
    public var after: Claim
  }

  public private(set) var lost: [Claim] = []
  public private(set) var gained: [Claim] = []
  public private(set) var changed: [Change] = []
  /// How many are told as before.
  public private(set) var unchanged = 0
  private let span: Range<Instant>

  public init(from before: SavedReport, to after: SavedReport) {
    span = after.span
    var left = Dictionary(
      after.claims.enumerated().map { ($0.element.id, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    var taken = Set<Int>()
    var unmatched: [Claim] = []
    for claim in before.claims {
      if let index = left.removeValue(forKey: claim.id) {
        taken.insert(index)
        pair(claim, after.claims[index])
      } else {
        unmatched.append(claim)
      }
    }
    var others: [Episode.Scope: [Int]] = [:]
    for index in after.claims.indices where !taken.contains(index) {
      others[after.claims[index].scope, default: []].append(index)
    }
    for claim in unmatched {
      let own = claim.span(until: before.span.upperBound)
      let match = others[claim.scope]?.firstIndex { index in
        let other = after.claims[index]
        let isOfKind =
          claim.kind.isInterruption == other.kind.isInterruption
          && (claim.kind.isInterruption || claim.kind == other.kind)
        return isOfKind && other.span(until: after.span.upperBound).overlaps(own)
      }
      if let match, let index = others[claim.scope]?.remove(at: match) {
        pair(claim, after.claims[index])
      } else {
        lost.append(claim)
      }
    }
    gained = others.values.flatMap { $0 }.sorted().map { after.claims[$0] }
    changed.sort { $0.after.start.latest < $1.after.start.latest }
  }

  private mutating func pair(_ before: Claim, _ after: Claim) {
    var same = before
    // An id is no verdict, and whose child it is follows from the others.
    (same.id, same.parent) = (after.id, after.parent)
    if same == after {
      unchanged += 1
    } else {
      changed.append(Change(before: before, after: after))
    }
  }

  // MARK: Printing

  /// One line an episode: `-` lost, `+` gained, `~` changed.
  public func text(_ style: Style) -> String {
    let counts =
      "\(lost.count) lost, \(gained.count) gained, \(changed.count) changed, \(unchanged) as before\n"
    var lines: [(at: Instant, text: String)] = []
    func isShown(_ claim: Claim) -> Bool { style.isVerbose || !claim.isExplained }
    for claim in lost where isShown(claim) {
      lines.append((claim.start.latest, style.paint("- " + line(claim, style), .red)))
    }
    for claim in gained where isShown(claim) {
      lines.append((claim.start.latest, style.paint("+ " + line(claim, style), .green)))
    }
    for change in changed where isShown(change.before) || isShown(change.after) {
      let (a, b) = (change.before, change.after)
      var parts: [String] = []
      if a.kind != b.kind { parts.append("was \(a.kind.rawValue)") }
      if a.start != b.start { parts.append("began \(style.moment(a.start))") }
      if a.end != b.end { parts.append("ended \(a.end.map { style.moment($0) } ?? "not yet")") }
      if a.members != b.members { parts.append("of \(a.members?.count ?? 0) members") }
      if a.isExplained != b.isExplained {
        parts.append(
          a.isMaintenance
            ? "was maintenance" : a.isExplained ? "was explained by another" : "spoke for itself")
      }
      if a.isMaintenance != b.isMaintenance, a.isExplained, b.isExplained {
        parts.append(a.isMaintenance ? "was maintenance" : "was no maintenance")
      }
      if parts.isEmpty {
        parts.append("declared \(style.moment(b.declared)), \(style.moment(a.declared))")
      }
      lines.append(
        (b.start.latest, "~ \(line(b, style)): \(parts.joined(separator: ", ")) before"))
    }
    lines.sort { $0.at < $1.at }
    let hidden = lost.count + gained.count + changed.count - lines.count
    let rest = hidden > 0 ? "\(hidden) more belong to others; -v shows them\n" : ""
    return counts + lines.map { $0.text + "\n" }.joined() + rest
  }

  private func line(_ claim: Claim, _ style: Style) -> String {
    let own = claim.span(until: span.upperBound)
    let length = claim.end == nil ? "so far" : (own.upperBound - own.lowerBound).brief
    return
      "\(style.moment(claim.start))  \(claim.kind.rawValue) of \(claim.scope.name.printable), \(length)"
  }

  /// The same as JSON, `outage-diff/1`.
  public func json() -> String {
    JSON.object([
      "format": "outage-diff/1", "unchanged": .integer(Int64(unchanged)),
      "lost": .array(lost.map(\.json)), "gained": .array(gained.map(\.json)),
      "changed": .array(
        changed.map { .object(["before": $0.before.json, "after": $0.after.json]) }),
    ]).lines + "\n"
  }
}

extension SavedReport.Claim {
  fileprivate var json: JSON {
    .object([
      "id": .string(id), "kind": .string(kind.rawValue), "scope": scope.json,
      "parent": parent.map { .string($0) } ?? .null,
      "members": members.map { .array($0.map { .string($0) }) },
      "start": start.json, "end": end?.json ?? .null, "declared": .instant(declared),
    ])
  }
}
