import Testing

@testable import Outages

@Suite struct SequencerTests {
  private func observation(_ time: Int64, _ target: Int = 0) -> Observation {
    Observation(
      time: Instant(milliseconds: time), target: target, outcome: .answered(milliseconds: nil))
  }

  /// Each time comes in, and all before the horizon come out.
  private func order(_ times: [Int64], horizon: Int64 = .max) -> [Int64] {
    var sequencer = Sequencer()
    for time in times { sequencer.hold(observation(time)) }
    var order: [Int64] = []
    while let next = sequencer.next(before: Instant(milliseconds: horizon)) {
      order.append(next.time.milliseconds)
    }
    return order
  }

  @Test(
    arguments: [
      ([], []), ([1, 2, 3], [1, 2, 3]), ([3, 2, 1], [1, 2, 3]),
      ([2, 1, 4, 3, 5], [1, 2, 3, 4, 5]),
      ([1, 1, 2, 1], [1, 2]),
    ] as [([Int64], [Int64])])
  func putsInOrder(_ times: [Int64], _ expected: [Int64]) { #expect(order(times) == expected) }

  @Test func holdsBackFromTheHorizonOn() { #expect(order([1, 5, 3], horizon: 4) == [1, 3]) }

  @Test func countsDuplicatesOfATargetAlone() {
    var sequencer = Sequencer()
    for target in [0, 1, 0, 1, 2] { sequencer.hold(observation(7, target)) }
    var targets: [Int] = []
    while let next = sequencer.next(before: Instant(milliseconds: 8)) {
      targets.append(next.target)
    }
    #expect(targets == [0, 1, 2])
    #expect(sequencer.duplicates == 2)
  }

  @Test func ordersByTargetAtOneInstant() {
    var sequencer = Sequencer()
    for (time, target) in [(5, 3), (4, 1), (5, 2), (4, 0)] {
      sequencer.hold(observation(Int64(time), target))
    }
    var targets: [Int] = []
    while let next = sequencer.next(before: Instant(milliseconds: 9)) {
      targets.append(next.target)
    }
    #expect(targets == [0, 1, 2, 3])
  }
}

@Suite struct HeapTests {
  @Test func sortsEveryPermutationOfSix() {
    func permute(_ rest: [Int], _ chosen: [Int]) {
      if rest.isEmpty {
        var heap = Heap<Int>()
        for element in chosen { heap.insert(element) }
        var sorted: [Int] = []
        while let least = heap.removeFirst() { sorted.append(least) }
        #expect(sorted == chosen.sorted())
      }
      for index in rest.indices {
        var others = rest
        let next = others.remove(at: index)
        permute(others, chosen + [next])
      }
    }
    permute([0, 1, 2, 2, 3, 4], [])
  }
}

@Suite struct ScheduleTests {
  private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

  @Test func countsFromTheTimeDueSoThatNothingDrifts() {
    var schedule = Schedule()
    schedule.add(0, every: .seconds(10), due: at(0))
    // Each turn comes three seconds late.
    for turn in 0..<5 {
      let due = Int64(turn) * 10_000
      #expect(schedule.next == at(due))
      #expect(schedule.takeAll(at: at(due + 3000)) == [0])
    }
  }

  @Test func doesNotMakeUpForASuspend() {
    var schedule = Schedule()
    for target in 0..<100 {
      schedule.add(target, every: .seconds(10), due: at(Int64(target) * 100))
    }
    #expect(schedule.takeAll(at: at(0)) == [0])
    // Two hours later nobody is hurried: each comes in its own time.
    let now = Int64(7_200_000)
    #expect(schedule.takeAll(at: at(now + 50)) == [])
    #expect(schedule.next == at(now + 100))
    #expect(schedule.takeAll(at: at(now + 10_000)).count == 100)
  }

  /// Whatever a stall lasts, each comes at its own phase again.
  @Test func keepsItsPhasesThroughAStall() {
    for stall in stride(from: Int64(0), through: 100_000, by: 1300) {
      var schedule = Schedule()
      for target in 0..<10 {
        schedule.add(target, every: .seconds(30), due: at(Int64(target) * 3000))
      }
      var time = Int64(0)
      while time < 20_000 {
        _ = schedule.takeAll(at: at(time))
        time = schedule.next?.milliseconds ?? .max
      }
      _ = schedule.takeAll(at: at(20_000 + stall))
      for _ in 0..<40 {
        let due = schedule.next?.milliseconds ?? 0
        for target in schedule.takeAll(at: at(due)) {
          #expect(due % 30_000 == Int64(target) * 3000, "after a stall of \(stall) ms")
        }
      }
    }
  }

  /// Where there is no time for all turns, neither a short nor a long interval takes all there is,
  /// and nobody is left out for ever. Thirty targets at 10 s and thirty at 60 s want 3.5 a second.
  @Test(arguments: [400, 700, 2500, 9000] as [Int64])
  func leavesNobodyOutForEver(_ millisecondsEach: Int64) {
    var schedule = Schedule()
    for target in 0..<60 {
      let every = Duration.seconds(target < 30 ? 10 : 60)
      schedule.add(target, named: "t\(target)", every: every, from: at(0))
    }
    var turns = Array(repeating: 0, count: 60)
    for tick in 0..<6000 {
      if let turn = schedule.takeDue(at: at(Int64(tick) * millisecondsEach)) {
        turns[turn.target] += 1
      }
    }
    #expect(turns.allSatisfy { $0 > 25 }, "\(turns)")
  }

  /// Who sleeps twice within an interval finds no turns of the first sleep that come at once.
  @Test func owesNothingForSleep() {
    var schedule = Schedule()
    for target in 0..<60 {
      schedule.add(target, named: "t\(target)", every: .seconds(60), from: at(0))
    }
    _ = schedule.takeAll(at: at(3_600_000))
    schedule.forgive()
    #expect(schedule.takeAll(at: at(7_200_000)).count < 10)
  }

  @Test func spreadsFirstProbesByNameAlone() {
    var early = Schedule()
    var late = Schedule()
    early.add(0, named: "kcna", every: .seconds(30), from: at(1_000_000))
    late.add(0, named: "kcna", every: .seconds(30), from: at(1_600_000))
    #expect(early.next.map { $0 + .seconds(600) } == late.next)

    var dues = Set<Int64>()
    for number in 0..<300 {
      var schedule = Schedule()
      schedule.add(0, named: "host-\(number)", every: .seconds(30), from: at(0))
      dues.insert((schedule.next ?? at(0)).milliseconds / 1000)
    }
    // Three hundred in thirty seconds: hardly a second is left out.
    #expect(dues.count >= 28)
  }
}

@Suite struct InFlightTests {
  @Test func knowsTheOldestInWhateverOrderTheyEnd() {
    var random: UInt64 = 42
    func draw(_ count: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(random >> 33) % count
    }
    var inFlight = InFlight<Int64>()
    var open: [(ticket: Int, time: Int64)] = []
    for time in Int64(0)..<5000 {
      open.append((inFlight.begin(time, at: Instant(milliseconds: time)), time))
      while open.count > 20 || (!open.isEmpty && draw(2) == 0) {
        let (ticket, time) = open.remove(at: draw(open.count))
        let (kept, ended, again) = (inFlight[ticket], inFlight.end(ticket), inFlight.end(ticket))
        #expect(kept == time && ended == time && again == nil && inFlight[ticket] == nil)
      }
      #expect(inFlight.count == open.count)
      #expect(inFlight.oldest?.milliseconds == open.map(\.time).min())
    }
  }
}

extension Schedule {
  fileprivate mutating func takeAll(at now: Instant) -> [Int] {
    var due: [Int] = []
    while let turn = takeDue(at: now) { due.append(turn.target) }
    return due
  }
}
