import JSONText
public import Outages

extension Event {
  /// One line for the moment it happens. `title` gives what to call a scope.
  public func line(_ style: Style, title: (Episode.Scope) -> String) -> String {
    let who = title(episode.scope).printable
    let cause = episode.reason
    let since = episode.since(style)
    let text: String
    switch (kind, episode.kind) {
    case (.suspected, _): text = "\(who): a probe failed\(cause)"
    case (.cleared, _): text = "\(who): it was a stray loss"
    case (.declared, _): text = episode.beginning(style, title: title)
    case (.escalated, let kind) where episode.end != nil:
      text =
        style.paint("\(who): \(kind.rawValue)\(cause)", .red)
        + "\(since), over after \(whole): its losses were no chance"
    case (.escalated, _):
      let lasted = (time - episode.start.latest).brief
      text =
        style.paint("\(who): \(episode.kind.rawValue)\(cause)", .red)
        + ", certainly down for \(lasted)"
    case (.ended, let kind):
      let state =
        switch kind {
        case .unobserved: episode.cause == .uplink ? "online again" : "probing again"
        case .instability: "stable again"
        case .degraded: "as usual again"
        case .blip, .outage: "up"
        }
      let what = kind == .unobserved ? "it" : "the \(kind.rawValue)"
      text = style.paint("\(who): \(state)", .green) + ", \(what) lasted \(whole)"
    case (.resumed, let kind):
      text =
        style.paint("\(who): still down", .red)
        + ", the \(kind.rawValue)\(since) goes on: the answers between were stray ones"
    case (.dropped, let kind):
      text = "\(who): not watched any more; the \(kind.rawValue)\(since) had not ended"
    case (.reclassified, let kind):
      text = "\(who): the \(kind.rawValue)\(since) is part of something wider"
    }
    return "\(style.moment(time))  \(text)"
  }

  /// What the episode probably lasted in all.
  private var whole: String {
    let own = episode.likelySpan(now: time)
    return (own.upperBound - own.lowerBound).brief
  }
}

extension Episode {
  fileprivate var reason: String { failure.map { " (\($0.rawValue))" } ?? "" }

  fileprivate func since(_ style: Style) -> String { " since \(style.moment(start))" }

  /// What has begun, of whom and when. `title` gives what to call a scope.
  public func beginning(_ style: Style, title: (Scope) -> String) -> String {
    let what: (text: String, colour: Style.Colour) =
      switch kind {
      case .blip: ("down\(reason)", .red)
      case .unobserved: (ourTrouble, .grey)
      case .outage, .instability, .degraded: ("\(kind.rawValue)\(reason)", .red)
      }
    return style.paint("\(title(scope).printable): \(what.text)", what.colour) + since(style)
  }

  private var ourTrouble: String {
    self.cause.flatMap { Trouble(rawValue: $0.rawValue) }.map { "cannot probe: \($0.text)" }
      ?? "we are offline ourselves"
  }
}
