// Quantities are read and written as the API server does.

import KubeModel
import Testing

@Suite struct QuantityTests {
    /// From pod templates that went through Kubernetes' own types.
    @Test(arguments: [
        ("0.1", "100m"), ("0.5Gi", "512Mi"), ("1e-3", "1e-3"), ("1e9", "1e9"), ("134217728", "134217728"),
        ("0.25", "250m"), ("1.5", "1500m"), ("1k", "1k"), ("100u", "100u"), ("1n", "1n"), ("1000Ki", "1000Ki"),
        ("1.0005", "1000500u"), ("1.1Ki", "1126400m"), ("-1", "-1"), ("+5Mi", "+5Mi"),
        ("9223372036854775807", "9223372036854775807"), ("1Ei", "1Ei"), ("007", "007"), ("00.50Gi", "512Mi"),
        ("0100m", "0100m"), ("1500000u", "1500m"), ("1000k", "1M"), ("1024Ki", "1Mi"), ("008Mi", "8Mi"),
        ("5e2", "500"), ("5E3", "5E3"), ("1.5Gi", "1536Mi"), ("0.1Gi", "107374182400m"), ("1000000", "1M"),
        ("0.0001", "100u"), ("10e-1", "1"), ("1E", "1E"), ("1023Mi", "1023Mi"), ("1025Mi", "1025Mi"),
        ("100.000", "100"), ("1000000n", "1m"), ("1.5e3", "1500"), ("10E2", "1e3"), ("-0", "0"), ("0e3", "0"),
        ("0Ki", "0"), ("999999999999999999999", "999999999999999999999"), ("0.3Mi", "314572800m"),
        ("1.23456789", "1234567890n"), ("123456789.123456789", "123456789.123456789"), ("12E18", "12E18"),
        ("2e-9", "2e-9"), ("7168Mi", "7Gi"), ("0.5Mi", "512Ki"),
    ])
    func `writes what the API writes`(text: String, canonical: String) {
        #expect(Quantity(text)?.canonicalText == canonical)
    }

    @Test(arguments: [
        ("100u", "1m"), ("1.0005", "1001m"), ("1n", "1m"), ("2e-9", "1e-3"), ("1.23456789", "1235m"),
        ("123456789.123456789", "123456789124m"), ("0100m", "0100m"), ("3", "3"), ("0", "0"), ("1.1Ki", "1126400m"),
    ])
    func `rounds to thousandths as defaulting does`(text: String, rounded: String) {
        #expect(Quantity(text)?.roundedToMilli.canonicalText == rounded)
    }

    @Test(arguments: ["", "aoeu", "1i", "1.1.M", "1+1.0M", "0.1mi", "1 ", " 1", "-3.01e-", "m", "1e999999"])
    func `refuses what is no quantity`(text: String) {
        #expect(Quantity(text) == nil)
    }

    @Test func `compares by amount`() throws {
        let half = try #require(Quantity("500m"))
        let one = try #require(Quantity("1"))
        let gibibyte = try #require(Quantity("1Gi"))
        #expect(half < one)
        #expect(Quantity("1000m") == one)
        #expect(Quantity("1024Mi") == gibibyte)
        #expect(try #require(Quantity("-1")) < half)
        #expect(try #require(Quantity("1G")) < gibibyte)
    }

    @Test func `adds and rounds up`() throws {
        let sum = try #require(Quantity("1Gi")) + (try #require(Quantity("512Mi")))
        #expect(sum.canonicalText == "1536Mi")
        #expect((try #require(Quantity("250m")) + (try #require(Quantity("1")))).milliValue == 1250)
        #expect(Quantity("1001m")?.value == 2)
        #expect(Quantity("-1001m")?.value == -2)
        #expect(Quantity("1u")?.milliValue == 1)
        #expect(Quantity("1E")?.milliValue == .max)
    }
}
