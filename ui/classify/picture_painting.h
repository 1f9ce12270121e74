// Small pictures of the Classify page: pixels stay pixels.
#pragma once

#include <QColor>
#include <QImage>
#include <QRectF>

class QPainter;

namespace condenser {

// As large as fits into `room`, in the middle. Small ones, which are what a network reads, are enlarged by whole
// numbers of the screen's dots, so that every pixel is as large as the others; large ones are scaled smoothly.
QRectF placeOfPicture(const QSize& picture, const QRectF& room, double pixelRatio);
void paintPicture(QPainter& painter, const QImage& picture, const QRectF& room);

// The background around them, with a word or a sentence instead of a picture.
void paintWithoutPicture(QPainter& painter, const QString& words, const QColor& ink, const QRectF& room);

}  // namespace condenser
