import Glibc
import Outages

/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014):
/// the same seed gives the same numbers everywhere.
struct RandomSource: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A source of its own for something with a name, so that one more target changes no other's
  /// luck.
  init(seed: UInt64, name: String) {
    var hash = FNV1a(from: seed)
    hash.mix(bytes: name.utf8)
    state = hash.value
    state = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform in 0 ..< 1.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in a range.
  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  mutating func uniform(_ range: ClosedRange<Duration>) -> Duration {
    .milliseconds(1)
      * uniform(Double(range.lowerBound.milliseconds)...Double(range.upperBound.milliseconds))
  }

  /// Normal with mean 0 and deviation 1.
  mutating func normal() -> Double { Normal.quantile(uniform()) }

  /// The time to the next of events that come by chance, `mean` apart on average.
  mutating func wait(mean: Duration) -> Duration { mean * -log(1 - uniform()) }

  /// Some of the elements, in their order.
  mutating func choose(_ count: Int, of elements: [Int]) -> [Int] {
    var left = count
    return elements.enumerated().filter { index, _ in
      let isChosen = uniform() * Double(elements.count - index) < Double(left)
      if isChosen { left -= 1 }
      return isChosen
    }.map(\.element)
  }
}

/// The quantiles of the standard normal distribution, from a table: each simulated probe draws one.
enum Normal {
  private static let cells = 4096
  /// The quantiles of 0.5/n, 1.5/n, …: within half a cell of its ends the distribution is cut off.
  private static let table: [Double] = (0...cells).map { cell in
    let chance = min(max(Double(cell), 0.5), Double(cells) - 0.5) / Double(cells)
    var (low, high) = (-9.0, 9.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if erfc(-middle / 2.0.squareRoot()) / 2 < chance { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// Which number so great a share of all numbers is below, for a share of 0 ..< 1.
  static func quantile(_ share: Double) -> Double {
    let place = share * Double(cells)
    let cell = Int(place)
    return table[cell] + (table[cell + 1] - table[cell]) * (place - Double(cell))
  }
}
