extension Track {
  /// What a probe brought about. Indirect, since most bring about nothing, and nothing is handed
  /// around faster.
  indirect enum Change: Sendable, Equatable {
    case suspected(Interruption)
    case cleared(Interruption)
    /// What was taken for an interruption proved to be a brown-out.
    case dissolved(Interruption)
    case began(Interruption)
    /// A blip has become an outage.
    case escalated(Interruption)
    case ended(Interruption)
    /// What was over, and might have been the loss of a brown-out, was an outage: all is well since.
    case proved(Interruption)
  }
}

extension Track.Change {
  /// What is said of it alone: nobody else is concerned, and it does not last.
  var single: (Event.Kind, Interruption)? {
    switch self {
    case .suspected(let interruption): (.suspected, interruption)
    case .cleared(let interruption): (.cleared, interruption)
    case .proved(let interruption): (.escalated, interruption)
    case .began, .escalated, .ended, .dissolved: nil
    }
  }
}
