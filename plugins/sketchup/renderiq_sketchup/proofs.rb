# frozen_string_literal: true

module RenderiqSketchup
  # Whether the guides that SketchUp draws are what the API takes them for. They are drawn by means that are made for
  # other ends, and differ between versions, so that a small picture of each is compared with what is known.
  module Proofs
    COLUMNS = 9
    ROWS = 7
    # In levels of 255. Fog of a z-buffer or of the distance to the eye differs by far more.
    NEAR_ENOUGH = 6
    LEAST_HITS = 6
    private_constant :COLUMNS, :ROWS, :NEAR_ENOUGH, :LEAST_HITS

    module_function

    # Returns what is wrong with a depth picture, or nil. +trace+ takes a ray of Sight#ray, and returns the point that it
    # hits, an array, or nil. White stands for +near+, black for +far+ and for nothing.
    def wrong_depth(picture, sight, near, far, trace)
      differences = grid.map do |across, down|
        x = (across * picture.width).floor
        y = (down * picture.height).floor
        point = trace.call(*sight.ray((x + 0.5) / picture.width, (y + 0.5) / picture.height))
        next unless point

        level = 255 * (far - sight.depth_of(point)) / (far - near)
        (picture.pixel(x, y).first - level).abs
      end
      judge(differences.compact)
    end

    # Returns what is wrong with a picture of material ids, or nil. +colours+ are those that were given to materials.
    def wrong_ids(picture, colours)
      allowed = colours.map { |colour| [colour, true] }.to_h.merge([0, 0, 0] => true)
      places = (0...picture.height).flat_map { |y| (0...picture.width).map { |x| [x, y] } }
      wrong = places.count { |x, y| !allowed.key?(picture.pixel(x, y)) }
      "#{wrong} of #{places.size} pixels have no material's colour" if wrong > places.size / 50
    end

    def grid
      (0...ROWS).flat_map do |row|
        (0...COLUMNS).map { |column| [(column + 0.5) / COLUMNS, (row + 0.5) / ROWS] }
      end
    end
    private_class_method :grid

    # A ray at an edge may hit another face than the pixel shows, so that most of them count.
    def judge(differences)
      return "only #{differences.size} rays hit the model" if differences.size < LEAST_HITS

      middle = differences.sort[(differences.size * 0.75).floor]
      "three of four pixels are off by #{middle.round} levels" if middle > NEAR_ENOUGH
    end
    private_class_method :judge
  end
end
