import Testing

@testable import Runs

struct ARMProcessorTests {
  @Test func aKnownDesignHasItsNameAndOthersTheirNumbers() {
    #expect(ARMProcessor.name(maker: "0x41", part: "0xd0c") == "ARM Neoverse N1")
    let other = ARMProcessor.name(maker: "0x61", part: "0x022")
    #expect(other == "arm64, implementer 0x61, part 0x022")
  }
}
