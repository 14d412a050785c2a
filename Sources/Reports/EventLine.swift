public import Outages

extension Event {
  /// One line for the moment it happens. `title` gives what to call a scope.
  public func line(_ style: Style, title: (Episode.Scope) -> String) -> String {
    let who = title(episode.scope).printable
    let cause = episode.failure.map { " (\($0.rawValue))" } ?? ""
    let text: String
    switch kind {
    case .declared:
      let what = episode.kind == .outage ? "outage" : "down"
      text = style.paint("\(who): \(what)\(cause)", .red) + " since \(style.moment(episode.start))"
    case .escalated:
      let lasted = (time - episode.start.latest).brief
      text = style.paint("\(who): outage\(cause)", .red) + ", certainly down for \(lasted)"
    case .ended:
      let own = episode.likelySpan(now: time)
      let lasted = (own.upperBound - own.lowerBound).brief
      text = style.paint("\(who): up", .green) + ", the \(episode.kind.rawValue) lasted \(lasted)"
    }
    return "\(style.moment(time))  \(text)"
  }
}

extension Observation {
  /// One line for what became of a probe.
  public func line(name: String, width: Int, _ style: Style) -> String {
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
