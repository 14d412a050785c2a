import FoundationEssentials
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

    public init(
      id: String = "", kind: Episode.Kind, scope: Episode.Scope, parent: String? = nil,
      members: [String]? = nil, start: Bounds, end: Bounds?, declared: Instant,
      isExplained: Bool = false
    ) {
      (self.id, self.kind, self.scope, self.parent) = (id, kind, scope, parent)
      (self.members, self.start, self.end, self.declared) = (members, start, end, declared)
      self.isExplained = isExplained
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
        start: $0.start, end: $0.end, declared: $0.declared, isExplained: $0.isExplained)
    }
  }

  /// Why something is no report.
  public struct ReadingError: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
  }

  /// Reads what `--format json` printed.
  public init(json text: String) throws(ReadingError) {
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: Data(text.utf8))
    } catch {
      throw ReadingError(description: "this is no report: \(error.remedy)")
    }
    guard file.format == "outage-report/1" else {
      throw ReadingError(description: "this is '\(file.format)', and not 'outage-report/1'")
    }
    span = file.from.instant..<max(file.from.instant, file.to.instant)
    (probes, detector) = (file.probes, file.detector)
    claims = file.episodes.map(\.claim)
  }

  private struct File: Decodable {
    var format: String
    var from: Time
    var to: Time
    var probes: Int?
    var detector: Int?
    var episodes: [FileEpisode]
  }

  private struct FileEpisode: Decodable {
    struct Ends: Decodable {
      var earliest: Time?
      var latest: Time

      var bounds: Bounds { Bounds(earliest: earliest?.instant, latest: latest.instant) }
    }

    var id: String
    var kind: Episode.Kind
    var scope: [String: String]
    var parent: String?
    var members: [String]?
    var start: Ends
    var end: Ends?
    var declared: Time
    var maintenance: String?

    var claim: Claim {
      Claim(
        id: id, kind: kind, scope: Episode.Scope(scope), parent: parent, members: members,
        start: start.bounds,
        end: end?.bounds, declared: declared.instant,
        isExplained: parent != nil || maintenance != nil)
    }
  }
}

extension Episode.Scope {
  /// The scope that a report's `{"target": …}` means.
  public init(_ object: [String: String]) {
    let name = object.values.first ?? ""
    switch object.keys.first {
    case "group": self = .group(name)
    case "vantage": self = .vantage(name)
    default: self = .target(name)
    }
  }
}

/// An instant as JSON has it.
public struct Time: Decodable, Sendable {
  public var instant: Instant

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let instant = Instant(rfc3339: text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no time"))
    }
    self.instant = instant
  }
}

extension Error {
  /// What a decoder complains of, and where.
  public var remedy: String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
      return path.isEmpty ? "" : " at \(path.joined(separator: "."))"
    }
    switch self as? DecodingError {
    case .keyNotFound(let key, let context):
      return "there is no '\(key.stringValue)'\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return "\(context.debugDescription)\(place(context))"
    default: return "\(self)"
    }
  }
}
