# frozen_string_literal: true

require "zlib"

module RenderiqSketchup
  # Reads small pictures that SketchUp has written: PNG with 8 bits, grey or coloured, with or without transparency, and
  # not interlaced. Ruby is too slow for large ones.
  class Png
    SIGNATURE = "\x89PNG\r\n\x1A\n".b
    CHANNELS = { 0 => 1, 2 => 3, 4 => 2, 6 => 4 }.freeze
    MAX_PIXELS = 40_000
    private_constant :SIGNATURE, :CHANNELS, :MAX_PIXELS

    attr_reader :width, :height

    # Raises ArgumentError if the picture is of another kind, damaged, or too large.
    def self.read(path)
      new(File.binread(path))
    end

    # Returns width and height of a picture from its first bytes. Raises ArgumentError.
    def self.size(path)
      head = File.binread(path, 24).to_s
      raise ArgumentError, "#{File.basename(path)} is no PNG" unless head.start_with?(SIGNATURE) && head.bytesize == 24

      head[16, 8].unpack("NN")
    end

    def initialize(bytes)
      raise ArgumentError, "no PNG" unless bytes.start_with?(SIGNATURE)

      @data = "".b
      read_chunks(bytes)
      raise ArgumentError, "the PNG is of another kind" unless @channels && @width * @height <= MAX_PIXELS

      @rows = unfilter(Zlib::Inflate.inflate(@data))
    rescue Zlib::Error => e
      raise ArgumentError, e.message
    end

    # Returns [red, green, blue] of a pixel.
    def pixel(x, y)
      found = @rows[y][x * @channels, @channels]
      @channels < 3 ? [found.first] * 3 : found.first(3)
    end

    private

    def read_chunks(bytes)
      at = SIGNATURE.bytesize
      while at + 8 <= bytes.bytesize
        length, name = bytes.byteslice(at, 8).unpack("Na4")
        content = bytes.byteslice(at + 8, length)
        case name
        when "IHDR" then read_header(content)
        when "IDAT" then @data << content
        end
        at += length + 12
      end
    end

    def read_header(content)
      @width, @height, bits, kind, _, _, interlaced = content.unpack("NNC5")
      @channels = CHANNELS[kind] if bits == 8 && interlaced.zero?
    end

    def unfilter(data)
      stride = @width * @channels
      raise ArgumentError, "the PNG is damaged" if data.bytesize < (stride + 1) * @height

      before = [0] * stride
      Array.new(@height) do |y|
        filter, *row = data.byteslice(y * (stride + 1), stride + 1).bytes
        before = unfilter_row(filter, row, before)
      end
    end

    def unfilter_row(filter, row, above)
      return row if filter.zero?

      row.each_index do |i|
        left = i < @channels ? 0 : row[i - @channels]
        corner = i < @channels ? 0 : above[i - @channels]
        row[i] = (row[i] + predicted(filter, left, above[i], corner)) & 255
      end
      row
    end

    def predicted(filter, left, above, corner)
      case filter
      when 1 then left
      when 2 then above
      when 3 then (left + above) / 2
      when 4 then [left, above, corner].min_by.with_index { |each, i| [(left + above - corner - each).abs, i] }
      else raise ArgumentError, "the PNG is damaged"
      end
    end
  end
end
