/// What an interruption is called: the third layer.
enum Pattern {
  /// A blip until it is certain that it lasted `sustained`; an outage from then on.
  static func kind(of interruption: Interruption, detection: Detection) -> Episode.Kind {
    interruption.certain >= detection.sustained ? .outage : .blip
  }
}
