public import Outages

/// What a report states, as far as it can be compared with another or with the truth: read back from
/// its JSON, or taken from a timeline as it is.
public struct SavedReport: Sendable, Equatable {
  /// One episode of it.
  public struct Claim: Sendable, Equatable {
    public var id: String
    public var kind: Episode.Kind
    public var scope: Episode.Scope
    public var parent: String?
    /// Of a group's episode.
    public var members: [String]?
    public var start: Bounds
    /// Nil while it lasts.
    public var end: Bounds?
    public var declared: Instant
    /// Whether another episode or a maintenance speaks for it.
    public var isExplained: Bool
    /// Whether a maintenance does.
    public var isMaintenance: Bool

    public init(
      id: String = "", kind: Episode.Kind, scope: Episode.Scope, parent: String? = nil,
      members: [String]? = nil, start: Bounds, end: Bounds?, declared: Instant,
      isExplained: Bool = false, isMaintenance: Bool = false
    ) {
      (self.id, self.kind, self.scope, self.parent) = (id, kind, scope, parent)
      (self.members, self.start, self.end, self.declared) = (members, start, end, declared)
      (self.isExplained, self.isMaintenance) = (isExplained, isMaintenance)
    }

    /// From the middle of its start to the middle of its end, or to the report's.
    public func span(until now: Instant) -> Range<Instant> {
      let from = start.midpoint
      return from..<max(from, end?.midpoint ?? now)
    }
  }

  public var span: Range<Instant>
  public var probes: Int?
  /// The version of the detector that made it.
  public var detector: Int?
  public var claims: [Claim]

  public init(span: Range<Instant>, probes: Int?, claims: [Claim]) {
    (self.span, self.probes, self.claims) = (span, probes, claims)
  }

  public init(_ timeline: Timeline) {
    span = timeline.span
    probes = timeline.probes
    detector = Int(Detection.version)
    claims = timeline.episodes.map {
      Claim(
        id: $0.id, kind: $0.kind, scope: $0.scope, parent: $0.parent, members: $0.group?.members,
        start: $0.start, end: $0.end, declared: $0.declared, isExplained: $0.isExplained,
        isMaintenance: $0.maintenance != nil)
    }
  }

  /// Reads what `--format json` printed.
  public init(json text: String) throws(ReadingError) {
    let file: File = try JSONFile.read(text, format: "outage-report/1", called: "report")
    span = file.from.instant..<max(file.from.instant, file.to.instant)
    (probes, detector) = (file.probes, file.detector)
    claims = file.episodes.map(\.claim)
  }

  private struct File: Decodable, JSONFile.Formatted {
    var format: String
    var from: InstantJSON
    var to: InstantJSON
    var probes: Int?
    var detector: Int?
    var episodes: [FileEpisode]
  }

  private struct FileEpisode: Decodable {
    var id: String
    var kind: Episode.Kind
    var scope: ScopeJSON
    var parent: String?
    var members: [String]?
    var start: BoundsJSON
    var end: BoundsJSON?
    var declared: InstantJSON
    var maintenance: String?

    var claim: Claim {
      Claim(
        id: id, kind: kind, scope: scope.scope, parent: parent, members: members,
        start: start.bounds,
        end: end?.bounds, declared: declared.instant,
        isExplained: parent != nil || maintenance != nil, isMaintenance: maintenance != nil)
    }
  }
}
