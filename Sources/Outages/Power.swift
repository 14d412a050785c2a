/// The chance that something happens so many times in a row, each time with the same chance.
func chance(_ each: Double, times: Int32) -> Double {
  var all = 1.0
  for _ in 0..<max(times, 0) { all *= each }
  return all
}
