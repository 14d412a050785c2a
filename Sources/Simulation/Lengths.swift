import Glibc
import Outages

/// How long things of one kind last.
enum Lengths: Sendable, Equatable {
  case uniform(ClosedRange<Duration>)
  /// `spread` is the deviation of the natural logarithm.
  case lognormal(median: Duration, spread: Double)
  /// Few long ones hold most of the time: of those longer than x, a share of (x/y)^exponent is
  /// longer than y.
  case pareto(shortest: Duration, exponent: Double)

  /// A length of a millisecond or more.
  func draw(_ random: inout RandomSource) -> Duration {
    max(length(&random), .milliseconds(1))
  }

  private func length(_ random: inout RandomSource) -> Duration {
    switch self {
    case .uniform(let range): return random.uniform(range)
    case .lognormal(let median, let spread): return median * exp(spread * random.normal())
    case .pareto(let shortest, let exponent):
      return shortest * min(pow(1 - random.uniform(), -1 / exponent), 1e4)
    }
  }
}
