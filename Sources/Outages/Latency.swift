/// How long answers usually take, and how long they take now: two medians that follow the probes, a
/// slow one and a fast one. Each step moves a median by a fixed fraction towards the value, which
/// is all a median needs, and no spike bends it.
struct Latency: Sendable, Equatable, Codable {
  private(set) var usual: Float = 0
  private(set) var recent: Float = 0
  private var count: Int32 = 0

  /// Answers that take so many times the usual are slow; the first number is to become so, the
  /// second to cease.
  private static let slow = (enter: Float(3), leave: Float(2))
  /// Less than this is never slow, whatever the usual: schedulers and Wi-Fi do as much.
  private static let floor: Float = 20
  private static let acquainted: Int32 = 100

  /// Takes in an answer's latency in milliseconds. `isUsual` is whether the usual learns from it.
  @inline(__always)
  mutating func observe(_ milliseconds: Double, isUsual: Bool) {
    // Steps are factors, and nothing is a factor of nothing.
    let milliseconds = max(Float(milliseconds), 0.1)
    if count == 0 { (usual, recent) = (milliseconds, milliseconds) }
    recent *= milliseconds > recent ? 1.1 : 1 / 1.1
    // The first hundred find the level, the others follow it.
    let step: Float = count < Latency.acquainted ? 1.05 : 1.005
    if isUsual { usual *= milliseconds > usual ? step : 1 / step }
    if count < Latency.acquainted { count += 1 }
  }

  /// Whether one answer took unusually long.
  func isOdd(_ milliseconds: Double) -> Bool {
    count == Latency.acquainted
      && Float(milliseconds) > max(usual * Latency.slow.leave, Latency.floor)
  }

  /// Whether answers take far longer than is usual.
  var isSlow: Bool {
    count == Latency.acquainted && recent > slowFrom
  }

  private var slowFrom: Float { max(usual * Latency.slow.enter, Latency.floor) }

  /// Whether they take about as long as is usual.
  var isUsual: Bool {
    count < Latency.acquainted || recent <= max(usual * Latency.slow.leave, Latency.floor)
  }

  var pace: Standing.Pace {
    Standing.Pace(now: Double(recent), usual: Double(usual), slow: Double(slowFrom))
  }

  /// Takes the present level for the usual from now on.
  mutating func settle() { usual = recent }
}
