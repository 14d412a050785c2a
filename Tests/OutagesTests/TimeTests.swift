import Testing

@testable import Outages

@Suite struct RFC3339Tests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0),
    ("1970-01-01T00:00:00.001Z", 1),
    ("1969-12-31T23:59:59.999Z", -1),
    ("2000-02-29T12:00:00Z", 951_825_600_000),
    ("2014-12-22T16:14:30.120Z", 1_419_264_870_120),
    ("2014-12-22T16:14:30.1209999Z", 1_419_264_870_120),
    ("2014-12-23T01:14:30.12+09:00", 1_419_264_870_120),
    ("2014-12-22t16:14:30.12z", 1_419_264_870_120),
    ("2014-12-22 11:14:30.12-05:00", 1_419_264_870_120),
    ("2016-12-31T23:59:60Z", 1_483_228_800_000),
    ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
  ])
  func reads(_ text: String, _ milliseconds: Int64) {
    #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "2014", "2014-12-22", "2014-12-22T16:14:30", "2014-13-01T00:00:00Z", "2014-02-29T00:00:00Z",
    "2014-12-00T00:00:00Z", "2014-12-22T24:00:00Z", "2014-12-22T16:60:00Z", "2014-12-22T16:14:61Z",
    "2014-12-22T16:14:30.Z", "2014-12-22T16:14:30Zx", "2014-12-22T16:14:30+0900",
    "2014-12-22T16:14:30+24:00", "2014-12-22X16:14:30Z", "+014-12-22T16:14:30Z",
    "2014-12-22T16:14:3٣Z",
  ])
  func refuses(_ text: String) { #expect(Instant(rfc3339: text) == nil) }

  @Test func readsWhatItWritesOnEachDayOfFourCenturies() {
    for day in stride(from: Int64(0), through: 146_097, by: 1) {
      let instant = Instant(milliseconds: day * 86_400_000 + day * 7919 % 86_400_000)
      #expect(Instant(rfc3339: instant.description) == instant)
    }
  }
}

@Suite struct DurationTests {
  @Test(arguments: [
    ("30s", 30_000), ("5m", 300_000), ("1h30m", 5_400_000), ("250ms", 250), ("1.5h", 5_400_000),
    ("2d", 172_800_000), ("1w", 604_800_000), ("0s", 0), ("1m30s500ms", 90_500),
  ])
  func reads(_ text: String, _ milliseconds: Int64) {
    #expect(Duration(text)?.milliseconds == milliseconds)
  }

  @Test(arguments: ["", "5", "m", "5 m", "-5m", "5x", "1h30", "..s", "nans", "99999999999999999d"])
  func refuses(_ text: String) { #expect(Duration(text) == nil) }

  @Test(arguments: [0, 1, 999, 1000, 59_999, 60_000, 86_399_999, 86_400_000, 987_654_321])
  func readsWhatItWrites(_ milliseconds: Int64) {
    let duration = Duration(milliseconds: milliseconds)
    #expect(Duration(duration.description) == duration)
  }

  @Test(arguments: [
    (0, "0s"), (400, "0.4s"), (9_990, "9.9s"), (59_999, "59s"), (60_000, "1m"), (90_000, "1m 30s"),
    (34_299_999, "9h 31m"), (34_260_000, "9h 31m"), (86_400_000, "1d"), (370_000_000, "4d 6h"),
    (-90_000, "-1m 30s"),
  ])
  func isBrief(_ milliseconds: Int64, _ text: String) {
    #expect(Duration(milliseconds: milliseconds).brief == text)
  }
}
