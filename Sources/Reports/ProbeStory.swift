public import Outages

/// What became of one probe, told to people.
public struct ProbeStory: Sendable {
  public var name: String
  public var observation: Observation
  public var detail: Detail?

  public init(name: String, _ observation: Observation, _ detail: Detail?) {
    (self.name, self.observation, self.detail) = (name, observation, detail)
  }

  public var isAnswered: Bool { observation.outcome.isAnswered }

  /// On one line.
  public func brief(width: Int, _ style: Style) -> String {
    let sentence = isAnswered ? "" : detail?.sentence.map { "  \($0.printable)" } ?? ""
    return name.printable.fitted(width) + "  " + verdict(style) + sentence + "\n"
  }

  private func verdict(_ style: Style) -> String {
    switch observation.outcome {
    case .answered(let milliseconds):
      style.paint("ok", .green)
        + (milliseconds.map { "  " + ProbeStory.time($0).rightAligned(9) } ?? "")
    case .failed(let failure): style.paint(failure.rawValue, .red)
    case .prevented(let trouble):
      style.paint(trouble.failure.rawValue, .yellow) + "  (\(trouble.text))"
    }
  }

  /// With all that is known, a line each.
  public func whole(_ style: Style) -> String {
    var text = name.printable + "  " + verdict(style) + "\n"
    guard let detail else { return text }
    func add(_ name: String, _ value: String?) {
      guard let value else { return }
      text += "  " + name.fitted(12) + value.printable + "\n"
    }
    if let died = detail.died { add("failed in", ProbeStory.name(of: died)) }
    add("because", detail.sentence)
    add("address", detail.address)
    for (phase, milliseconds) in detail.phases.all {
      add(ProbeStory.name(of: phase), ProbeStory.time(milliseconds).rightAligned(9))
    }
    add("status", detail.status.map { "\($0)" })
    add("body", detail.bytes.map { "\($0) bytes" })
    for answer in detail.answers { add("answer", answer) }
    add(
      "certificate",
      detail.certificateDays.map { days in
        days < 0 ? "expired \(-days) days ago" : "expires in \(days) days"
      })
    return text
  }

  private static func name(of phase: Detail.Phase) -> String {
    phase == .first ? "first byte" : phase.rawValue
  }

  private static func time(_ milliseconds: Double) -> String {
    let tenths = Int64(milliseconds * 10 + 0.5)
    return "\(tenths / 10).\(tenths % 10) ms"
  }
}
