// Small pictures in rows, one of each class.
#pragma once

#include <QImage>
#include <QWidget>
#include <vector>

namespace condenser {

class ThumbnailStrip : public QWidget {
    Q_OBJECT

  public:
    explicit ThumbnailStrip(QWidget* parent = nullptr);

    // Both of one length; a null picture is an empty frame.
    void setPictures(std::vector<QImage> pictures, const QStringList& names);

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    QRect place(int index, int width) const;

    std::vector<QImage> m_pictures;
    QStringList m_names;
};

}  // namespace condenser
