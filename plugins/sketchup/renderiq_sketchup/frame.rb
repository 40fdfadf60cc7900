# frozen_string_literal: true

module RenderiqSketchup
  # Where the frame of a capture lies: aspect ratios and sizes. It calls nothing of SketchUp.
  module Frame
    # The aspect ratios that the API knows, when it cannot be asked: width divided by height.
    RATIOS = {
      "16:9" => 16.0 / 9, "4:3" => 4.0 / 3, "1:1" => 1.0, "9:16" => 9.0 / 16, "3:2" => 1.5, "2:3" => 2.0 / 3
    }.freeze
    SOURCE = "source"
    NEAREST = "nearest"
    LONGER_SIDE = 1920
    MIN_SIDE = 64
    MAX_SOURCE_RATIO = 8.0

    module_function

    # Returns width divided by height of a ratio such as "16:9", or nil if it is no pair of numbers.
    def ratio_of(name)
      width, height = name.to_s.split(":", 2).map { |part| Float(part, exception: false) }
      width / height if width && height && width.positive? && height.positive?
    end

    # Returns the name of the ratio that is nearest to a view: the one that crops the smallest part away.
    def nearest(width, height, names = RATIOS.keys)
      known = names.select { |name| ratio_of(name) }
      known = RATIOS.keys if known.empty?
      view = Math.log(width.to_f / height)
      known.min_by { |name| (Math.log(ratio_of(name)) - view).abs }
    end

    # Returns the field +aspectRatio+ of an order, and the proportions of its capture.
    def choose(choice, width, height, names = RATIOS.keys)
      return [SOURCE, (width.to_f / height).clamp(1 / MAX_SOURCE_RATIO, MAX_SOURCE_RATIO)] if choice == SOURCE

      name = ratio_of(choice) ? choice : nearest(width, height, names)
      [name, ratio_of(name)]
    end

    # Returns the part of a view that a capture shows: left, top, width and height, each from 0 to 1.
    def crop(view_ratio, ratio)
      width = [1.0, ratio / view_ratio].min
      height = [1.0, view_ratio / ratio].min
      [(1 - width) / 2, (1 - height) / 2, width, height]
    end

    # Returns the pixels of a capture. Both sides are even and at least 64.
    def size(ratio, longer_side = LONGER_SIDE)
      width, height = ratio >= 1 ? [longer_side, longer_side / ratio] : [longer_side * ratio, longer_side]
      [width, height].map { |side| [MIN_SIDE, 2 * (side / 2.0).round].max }
    end
  end
end
