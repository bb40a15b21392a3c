import Testing

@testable import Autograd

@Suite struct ParameterSlabTests {
  let slab = ParameterSlab([
    (SlabEntry(path: "a.weight", shape: [3, 7]), .decay),
    (SlabEntry(path: "a.bias", shape: [7]), .noDecay),
    (SlabEntry(path: "b.weight", shape: [16]), .decay),
    (SlabEntry(path: "scale", shape: []), .noDecay),
  ])

  @Test func groupsLieSideBySide() {
    #expect(slab.entries.map(\.path) == ["a.weight", "b.weight", "a.bias", "scale"])
    #expect(slab.entries.map(\.offset) == [0, 32, 48, 64])
    #expect(slab.range(of: .decay) == 0..<48)
    #expect(slab.range(of: .noDecay) == 48..<80)
    #expect(slab.count == 80)
    #expect(slab.parameterCount == 21 + 7 + 16 + 1)
  }

  @Test func viewsShowTheSlab() {
    slab.update { for i in $0.indices { $0[i] = Float(i) } }
    #expect(slab.view(at: 2).elements == (48..<55).map(Float.init))
    #expect(slab.view(at: 3).shape == [])
    #expect(slab.tensor(at: 3).item == 64)
  }

  @Test func eachUpdateIsAVersion() {
    let before = slab.version
    slab.update { _ in }
    #expect(slab.version == before + 1)
  }
}
