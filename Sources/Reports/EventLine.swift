import JSONText
public import Outages

extension Event {
  /// One line for the moment it happens. `title` gives what to call a scope.
  public func line(_ style: Style, title: (Episode.Scope) -> String) -> String {
    let who = title(episode.scope).printable
    let cause = episode.failure.map { " (\($0.rawValue))" } ?? ""
    let since = " since \(style.moment(episode.start))"
    let text: String
    switch (kind, episode.kind) {
    case (.suspected, _): text = "\(who): a probe failed\(cause)"
    case (.cleared, _): text = "\(who): it was a stray loss"
    case (.declared, .blip): text = style.paint("\(who): down\(cause)", .red) + since
    case (.declared, .unobserved):
      text = style.paint("\(who): we are offline ourselves", .grey) + since
    case (.declared, let kind):
      text = style.paint("\(who): \(kind.rawValue)\(cause)", .red) + since
    case (.escalated, _):
      let lasted = (time - episode.start.latest).brief
      text =
        style.paint("\(who): \(episode.kind.rawValue)\(cause)", .red)
        + ", certainly down for \(lasted)"
    case (.ended, let kind):
      let own = episode.likelySpan(now: time)
      let lasted = (own.upperBound - own.lowerBound).brief
      let state =
        switch kind {
        case .unobserved: "online again"
        case .instability: "stable again"
        case .degraded: "as usual again"
        case .blip, .outage: "up"
        }
      let what = kind == .unobserved ? "it" : "the \(kind.rawValue)"
      text = style.paint("\(who): \(state)", .green) + ", \(what) lasted \(lasted)"
    case (.dropped, let kind):
      text = "\(who): not watched any more; the \(kind.rawValue)\(since) had not ended"
    case (.reclassified, let kind):
      text = "\(who): the \(kind.rawValue)\(since) is part of something wider"
    }
    return "\(style.moment(time))  \(text)"
  }
}

extension Observation {
  /// The same as a line of the probe log.
  public func json(name: String, detail: String?) -> String {
    var members: [JSON.Member] = [
      JSON.Member(name: "time", value: .string(time.description)),
      JSON.Member(name: "target", value: .string(name)),
      JSON.Member(name: "ok", value: .bool(outcome.isAnswered)),
    ]
    switch outcome {
    case .answered(let milliseconds):
      if let milliseconds { members.append(JSON.Member(name: "ms", value: .number(milliseconds))) }
    case .failed(let failure):
      members.append(JSON.Member(name: "error", value: .string(failure.rawValue)))
    }
    if let detail { members.append(JSON.Member(name: "detail", value: .string(detail))) }
    return JSON.object(members).line
  }

  /// One line for what became of a probe.
  public func line(name: String, width: Int, detail: String?, _ style: Style) -> String {
    let name = name.printable.fitted(width)
    switch outcome {
    case .answered(let milliseconds):
      let time = milliseconds.map { "  " + "\(Int64($0 * 10 + 0.5) / 10) ms".rightAligned(9) } ?? ""
      return name + "  " + style.paint("ok", .green) + time
    case .failed(let failure):
      return name + "  " + style.paint(failure.rawValue, .red) + (detail.map { "  \($0)" } ?? "")
    }
  }
}
